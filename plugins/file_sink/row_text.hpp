// One row as one record of text. Amounts, dates and bytes are exact: nothing is rounded or lost.
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
// Null is null_text without quotes; text that could be mistaken for it is quoted.
void append_csv_row(const BatchView& batch, std::int64_t row, const CsvForm& form, std::string& out);
// Errors, with `out` as it was: kInvalidData for what JSON cannot represent.
Status append_json_row(const BatchView& batch, std::int64_t row, std::string& out);

}  // namespace sentinel::file_sink
