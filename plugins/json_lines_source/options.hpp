// The options of the json_lines source.
#pragma once

#include <sentinel/option.hpp>

#include <string>
#include <vector>

namespace sentinel::json_lines_source {

struct Options {
  std::string path;
  std::vector<std::string> key, fields, json;
};
inline constexpr auto kOptions = options<Options>(
    option("path", &Options::path, "The file to read.").required().identity(),
    option("key", &Options::key, "Fields that together identify a record.").required().identity(),
    option("fields", &Options::fields,
           "The fields to read; others are ignored. By default the fields found in the file's first MiB, and any that "
           "a later record adds."),
    option("json", &Options::json, "Fields that hold objects or lists; their values pass as JSON text."));

}  // namespace sentinel::json_lines_source
