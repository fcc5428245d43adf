// Questions to a person at a terminal.
#pragma once

#include <string>

namespace sentinel::app {

// True where somebody sits there to answer.
bool is_dialogue();
// The answer, or `otherwise` for an empty one. `hides`: what is typed does not show.
std::string ask(const std::string& question, const std::string& otherwise, bool hides = false);

}  // namespace sentinel::app
