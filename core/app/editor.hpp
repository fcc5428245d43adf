// Edits a text in the editor of the person at the terminal.
#pragma once

#include <sentinel/status.hpp>

#include <string>

namespace sentinel::app {

// The text as $VISUAL, else $EDITOR saved it. Meanwhile it is in a file of mode 0600 in the state folder, which is then
// removed. Errors: kInvalidConfig where there is no editor or it failed; kStorage.
Result<std::string> edit_text(const std::string& text);

}  // namespace sentinel::app
