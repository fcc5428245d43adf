// The options of the csv source.
#pragma once

#include <sentinel/option.hpp>

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
inline constexpr auto kOptions = options<Options>(
    option("path", &Options::path, "The file to read.").required().identity(),
    option("key", &Options::key, "Columns that together identify a record.").required().identity(),
    option("header", &Options::header, "Whether the first record names the columns."),
    option("columns", &Options::columns,
           "The names of all columns, in order. With a header they must match it; without one they are required."),
    option("delimiter", &Options::delimiter, "The character between two fields; `tab` for a tab."),
    option("quote", &Options::quote, "The character that encloses a field; doubled inside it."),
    option("quoted_newlines", &Options::quoted_newlines,
           "Whether a quoted field may contain line breaks. With false, an unclosed quote ends with its line."),
    option("null_text", &Options::null_text,
           "The text of an unquoted field that means null. A quoted field is never null; an empty quoted field is "
           "empty text."));

}  // namespace sentinel::csv_source
