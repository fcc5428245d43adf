// One row as one record of text. Amounts, dates and bytes as exact text: nothing is rounded, nothing is lost.
#pragma once

#include <sentinel/batch.hpp>

#include <string>
#include <string_view>

namespace sentinel::file_sink {

struct CsvForm {
  char delimiter = ',';
  std::string null_text;
  std::string line_end = "\n";
};

void append_csv_header(const Schema& schema, const CsvForm& form, std::string& out);
// Null is the null_text without quotes; a text that could be taken for it is quoted.
void append_csv_row(const BatchView& batch, std::int64_t row, const CsvForm& form, std::string& out);
// Errors, with `out` as it was: kInvalidData for what JSON cannot say.
Status append_json_row(const BatchView& batch, std::int64_t row, std::string& out);

}  // namespace sentinel::file_sink
