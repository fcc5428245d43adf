// Parses values serialized by PHP. Nothing is ever evaluated, and no class is instantiated.
#pragma once

#include "map_transform/options.hpp"
#include "map_transform/path.hpp"

namespace sentinel::map_transform {

// The value at `path` of the serialized value: text, a number with the digits of the source, true or false; an array as
// JSON. Nothing for a missing key, for null, and for empty text. With an empty path the whole value as JSON. An array
// whose keys are 0, 1, 2, ... is a list, any other an object, as json_encode has it. Errors: kInvalidData, domain
// "map": bad_php with the byte of the error (also for references, for objects unless declared, for more than 8 MiB, 64
// levels or 100,000 values), bad_path. No message holds data.
Result<std::optional<std::string>> php_at(std::string_view serialized, const Path& path, PhpObjects objects);

}  // namespace sentinel::map_transform
