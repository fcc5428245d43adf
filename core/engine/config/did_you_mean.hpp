// Finds the word that somebody probably meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::config {

// The candidate that is the fewest typing mistakes away (a letter too many, missing, wrong, or two swapped; case does
// not count), if that is at most two or a third of the word's length. Of equally near ones the first.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

// `; did you mean "table"?`, or nothing: the end of a message.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace sentinel::config
