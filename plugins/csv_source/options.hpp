// What a pipeline file may say about a CSV file.
#pragma once

#include <string>
#include <vector>

namespace sentinel::csv_source {

struct Options {
  std::string path;
  std::vector<std::string> key, columns;
  bool header = true;
  std::string delimiter = ",", quote = "\"", null_text;
  bool quoted_newlines = true;
};

}  // namespace sentinel::csv_source
