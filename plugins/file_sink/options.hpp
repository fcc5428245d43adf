// What a pipeline file may say about the file that a run writes.
#pragma once

#include <string>

namespace sentinel::file_sink {

enum class Format { kCsv, kJsonLines };
enum class LineEnd { kLf, kCrlf };

struct Options {
  std::string path;
  Format format = Format::kCsv;
  bool header = true;
  std::string delimiter = ",", null_text;
  LineEnd line_end = LineEnd::kLf;
};

}  // namespace sentinel::file_sink
