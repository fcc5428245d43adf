// One form for characters that can be written in several ways.
#pragma once

#include <sentinel/status.hpp>

#include <string>

namespace sentinel::map_transform {

// The text in Unicode's normalization form C: "e" and a combining accent become "é". REQUIRES: UTF-8.
Result<std::string> in_nfc(std::string text);

}  // namespace sentinel::map_transform
