// What a pipeline file may say about a CSV file.
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
           "The names of all columns, in order. With a header: what it must say; without one: required."),
    option("delimiter", &Options::delimiter, "The character between two fields; `tab` for a tabulator."),
    option("quote", &Options::quote, "The character around a field; doubled inside it."),
    option("quoted_newlines", &Options::quoted_newlines,
           "Whether a quoted field may hold line breaks. With false a quote that nobody closes ends with its line."),
    option("null_text", &Options::null_text,
           "What an unquoted field says for null. A quoted field is never null, an empty one is empty text."));

}  // namespace sentinel::csv_source
