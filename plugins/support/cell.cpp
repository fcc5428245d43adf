// Parses the text that a database printed into a typed value, exactly or not at all.
#include "support/cell.hpp"

#include <sentinel/civil_time.hpp>
#include <sentinel/text.hpp>

#include <charconv>

namespace sentinel::support {
namespace {

Status refused(const Field& field) {
  return invalid_data("field \"" + field.name + "\" is not a valid " + field.type_text());
}

template <class T>
bool parse_all(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

bool parse_bool(std::string_view text, std::int64_t& value) {
  if (text == "1" || text == "t" || text == "true")
    value = 1;
  else if (text == "0" || text == "f" || text == "false")
    value = 0;
  else
    return false;
  return true;
}

Result<Cell> from_civil(const Field& field, Civil civil, Cell cell) {
  if (civil == Civil::kInvalid) return refused(field);
  if (civil == Civil::kValue) return cell;
  if (!field.is_nullable) return invalid_data("field \"" + field.name + "\" is a zero date and may not be null");
  return Cell{};
}

Result<Cell> parse_decimal(const Field& field, std::string_view text, Cell cell) {
  const auto parsed = Decimal::parse(text);
  if (!parsed) return refused(field);
  const auto scaled = parsed->rescaled(field.scale);
  if (!scaled || !scaled->fits(field.precision)) return refused(field);
  cell.unscaled = scaled->unscaled;
  return cell;
}

}  // namespace

Result<Cell> parse_cell(const Field& field, std::optional<std::string_view> text) {
  if (!text) {
    if (!field.is_nullable) return invalid_data("field \"" + field.name + "\" is null");
    return Cell{};
  }
  Cell cell;
  cell.is_null = false;
  switch (field.type) {
    case Type::kBool:
      if (!parse_bool(*text, cell.integer)) return refused(field);
      return cell;
    case Type::kInt64:
      if (!parse_all(*text, cell.integer)) return refused(field);
      return cell;
    case Type::kFloat64:
      if (!parse_all(*text, cell.number)) return refused(field);
      return cell;
    case Type::kDecimal: return parse_decimal(field, *text, cell);
    case Type::kUtf8:
      if (!is_utf8(*text)) return invalid_data("field \"" + field.name + "\" is not valid UTF-8");
      cell.text = *text;
      return cell;
    case Type::kBinary: cell.text = *text; return cell;
    case Type::kDate: {
      std::int32_t days = 0;
      const auto civil = read_date(*text, days);
      cell.integer = days;
      return from_civil(field, civil, cell);
    }
    case Type::kTimestamp: {
      const auto civil = read_timestamp(*text, cell.integer);
      return from_civil(field, civil, cell);
    }
  }
  return refused(field);
}

std::string cell_text(const Field& field, const Cell& cell) {
  switch (field.type) {
    case Type::kBool: return cell.integer != 0 ? "true" : "false";
    case Type::kInt64: return std::to_string(cell.integer);
    case Type::kTimestamp: return timestamp_text(cell.integer, TimestampForm::kIso);
    case Type::kDate: return date_text(cell.integer);
    case Type::kFloat64: return std::to_string(cell.number);
    case Type::kDecimal: return Decimal{cell.unscaled, field.scale}.to_string();
    case Type::kUtf8:
    case Type::kBinary: return std::string(cell.text);
  }
  return {};
}

void append_cell(ColumnBuilder& column, const Cell& cell) {
  if (cell.is_null) return column.append_null();
  switch (column.type()) {
    case Type::kBool: return column.append_bool(cell.integer != 0);
    case Type::kInt64:
    case Type::kTimestamp: return column.append_int64(cell.integer);
    case Type::kDate: return column.append_date(static_cast<std::int32_t>(cell.integer));
    case Type::kFloat64: return column.append_float64(cell.number);
    case Type::kDecimal: return column.append_decimal(cell.unscaled);
    case Type::kUtf8:
    case Type::kBinary: return column.append_text(cell.text);
  }
}

std::string raw_record(const Schema& schema, std::span<const std::optional<std::string_view>> values) {
  std::string raw;
  for (std::size_t i = 0; i < values.size() && raw.size() < kMaxRawBytes; ++i) {
    if (!values[i]) continue;
    raw += schema[i].name;
    raw += ": ";
    raw += values[i]->substr(0, kMaxRawBytes);
    raw += '\n';
  }
  if (raw.size() > kMaxRawBytes) raw.resize(kMaxRawBytes);
  return raw;
}

}  // namespace sentinel::support
