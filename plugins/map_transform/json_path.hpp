// Extracts one value from a JSON text by its path.
#pragma once

#include "map_transform/path.hpp"

namespace sentinel::map_transform {

// The value at `path`: the text of a string, a number with the digits of the source, true or false, an object or a list
// as JSON on one line. Nothing for a missing member or element, for null, and for a text of white space. Errors:
// kInvalidData, domain "map": bad_json with the byte, bad_path for data of a kind other than the path expects. No
// message holds data.
Result<std::optional<std::string>> json_at(std::string_view text, const Path& path);

}  // namespace sentinel::map_transform
