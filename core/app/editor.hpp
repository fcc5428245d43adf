// A text in the person's own editor.
#pragma once

#include <sentinel/status.hpp>

#include <string>

namespace sentinel::app {

// The text as $VISUAL, else $EDITOR left it. It lies in a file of mode 0600 in the state folder meanwhile, and nowhere
// afterwards. Errors: kInvalidConfig where there is no editor or it failed; kStorage.
Result<std::string> edit_text(const std::string& text);

}  // namespace sentinel::app
