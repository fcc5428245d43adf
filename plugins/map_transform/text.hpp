// What map does to texts: trims, changes case, and describes one without repeating it.
#pragma once

#include <sentinel/text.hpp>

#include <string>
#include <string_view>

namespace sentinel::map_transform {

// Without ASCII white space, U+00A0 (no-break space), U+200B (zero-width space) and U+FEFF (byte order mark) at both
// ends.
std::string_view trimmed(std::string_view text);
// a to z as A to Z, the counterpart of sentinel::lower_cased.
std::string upper_cased(std::string_view text);
// "7 characters, starts with a letter": how a message describes a value, since it must not hold the value.
std::string shape_of(std::string_view text);

}  // namespace sentinel::map_transform
