// Formats one row as a record of CSV or JSON lines; amounts, dates and bytes as exact text.
#include "file_sink/row_text.hpp"

#include "support/json/json_text.hpp"

#include <fmt/format.h>

#include <sentinel/civil_time.hpp>

#include <charconv>
#include <cmath>

namespace sentinel::file_sink {
namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t j = 0; j < 3; ++j)
      three = three << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j) out += i + j > bytes.size() ? '=' : kDigits[three >> (18 - 6 * j) & 63];
  }
  return out;
}

// The shortest text that reads back as the same number.
std::string float_text(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  return {text, end};
}

std::string timestamp_words(std::int64_t micros) {
  return is_calendar_timestamp(micros) ? timestamp_text(micros, TimestampForm::kIso) : std::to_string(micros);
}

// REQUIRES: not null.
std::string value_text(const ColumnView& column, std::int64_t row) {
  switch (column.type()) {
    case Type::kBool: return column.boolean(row) ? "true" : "false";
    case Type::kInt64: return std::to_string(column.int64(row));
    case Type::kFloat64: return float_text(column.float64(row));
    case Type::kUtf8: return std::string(column.text(row));
    case Type::kBinary: return base64(column.text(row));
    case Type::kDate: return date_text(column.date(row));
    case Type::kTimestamp: return timestamp_words(column.timestamp(row));
    case Type::kDecimal: return column.decimal(row).to_string();
  }
  return "";
}

void append_csv_text(std::string_view text, const CsvForm& form, std::string& out) {
  const char special[] = {form.delimiter, '"', '\r', '\n'};
  const bool is_plain = text != form.null_text && !text.empty() &&
                        text.find_first_of(std::string_view(special, sizeof special)) == std::string_view::npos;
  if (is_plain) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

Result<std::string> json_value(const Field& field, const ColumnView& column, std::int64_t row) {
  if (column.is_null(row)) return std::string("null");
  switch (column.type()) {
    case Type::kBool:
    case Type::kInt64: return value_text(column, row);
    case Type::kFloat64:
      if (std::isfinite(column.float64(row))) return value_text(column, row);
      return invalid_data(fmt::format("field \"{}\" is not a finite number, which JSON cannot represent", field.name));
    default: break;
  }
  if (!field.is_json) return support::json_string(value_text(column, row));
  auto compact = support::compact_json(column.text(row));
  if (!compact) return std::move(compact).error().prefixed("field \"" + field.name + "\": ");
  return compact;
}

}  // namespace

void append_csv_header(const Schema& schema, const CsvForm& form, std::string& out) {
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (i > 0) out += form.delimiter;
    append_csv_text(schema[i].name, form, out);
  }
  out += form.line_end;
}

void append_csv_row(const BatchView& batch, std::int64_t row, const CsvForm& form, std::string& out) {
  for (std::size_t i = 0; i < batch.schema().size(); ++i) {
    if (i > 0) out += form.delimiter;
    const auto column = batch.column(i);
    if (column.is_null(row))
      out += form.null_text;
    else
      append_csv_text(value_text(column, row), form, out);
  }
  out += form.line_end;
}

Status append_json_row(const BatchView& batch, std::int64_t row, std::string& out) {
  std::string line;
  for (std::size_t i = 0; i < batch.schema().size(); ++i) {
    const auto& field = batch.schema()[i];
    SENTINEL_ASSIGN(const auto value, json_value(field, batch.column(i), row));
    line += (i == 0 ? "{" : ",") + support::json_string(field.name) + ":" + value;
  }
  out += line + "}\n";
  return {};
}

}  // namespace sentinel::file_sink
