// What a pipeline file may say about the file that a run writes.
#pragma once

#include <sentinel/option.hpp>

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
inline constexpr auto kOptions = options<Options>(
    option("path", &Options::path, "The file to write; its folder must be there.").required(),
    option("format", &Options::format, "How a record is written.").choices("csv", "json_lines"),
    option("header", &Options::header, "CSV: whether the first record names the fields."),
    option("delimiter", &Options::delimiter, "CSV: the character between two fields; `tab` for a tabulator."),
    option("null_text", &Options::null_text,
           "CSV: what stands for null, without quotes. A text that is equal to it is quoted, and so is an empty one."),
    option("line_end", &Options::line_end, "CSV: how a record ends.").choices("lf", "crlf"));

}  // namespace sentinel::file_sink
