// What a pipeline file may say about a file of JSON lines.
#pragma once

#include <string>
#include <vector>

namespace sentinel::json_lines_source {

struct Options {
  std::string path;
  std::vector<std::string> key, fields, json;
};

}  // namespace sentinel::json_lines_source
