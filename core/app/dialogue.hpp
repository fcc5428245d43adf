// Asks a person at a terminal.
#pragma once

#include <string>

namespace sentinel::app {

// True where standard input and standard error are a terminal.
bool is_dialogue();
// The answer, or `otherwise` for an empty one. `hides`: what is typed is not shown.
std::string ask(const std::string& question, const std::string& otherwise, bool hides = false);

}  // namespace sentinel::app
