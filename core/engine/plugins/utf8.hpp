// Judges text that comes from a plugin: is it UTF-8, and if not, how may it be shown.
#pragma once

#include <string>
#include <string_view>

namespace sentinel::plugins {

// True for well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

// The text with every byte that is no part of a well-formed sequence, and every NUL, written as \xNN: fit for a log, a
// database and JSON.
std::string printable(std::string_view text);

}  // namespace sentinel::plugins
