// The options of the file sink.
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
    option("path", &Options::path, "The file to write; its folder must exist.").required(),
    option("format", &Options::format, "The format of the file.").choices("csv", "json_lines"),
    option("header", &Options::header, "CSV: whether the first record names the fields."),
    option("delimiter", &Options::delimiter, "CSV: the character between two fields; `tab` for a tab."),
    option("null_text", &Options::null_text,
           "CSV: the text written for null, without quotes. A value equal to it is quoted, and so is empty text."),
    option("line_end", &Options::line_end, "CSV: the line ending.").choices("lf", "crlf"));

}  // namespace sentinel::file_sink
