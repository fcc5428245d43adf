// Converts each value by the type that SQLite reports; a float never becomes an exact value.
#include "sql_transform/values.hpp"

#include <fmt/format.h>

#include <sentinel/civil_time.hpp>
#include <sentinel/text.hpp>

#include <sqlite3.h>

#include <charconv>

namespace sentinel::sql_transform {
namespace {

int bind_text(sqlite3_stmt* statement, int index, std::string_view text, sqlite3_destructor_type lifetime) {
  return sqlite3_bind_text64(statement, index, text.data() == nullptr ? "" : text.data(), text.size(), lifetime,
                             SQLITE_UTF8);
}

Status refuse(const char* code, std::string message) { return invalid_data(std::move(message)).native("sql", code); }

std::string_view text_of(sqlite3_stmt* statement, int index) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, index));
  return {text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_column_bytes(statement, index))};
}

std::string_view blob_of(sqlite3_stmt* statement, int index) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, index));
  return {bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, index))};
}

Result<Value> integer_of(sqlite3_stmt* statement, int index, bool is_integer) {
  if (is_integer) return Value(std::int64_t{sqlite3_column_int64(statement, index)});
  const auto text = text_of(statement, index);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return refuse("out_of_range", "the number does not fit 64 bits");
  if (error != std::errc() || end != text.data() + text.size())
    return refuse("bad_integer", "the text is not an integer");
  return Value(number);
}

Result<Value> boolean_of(sqlite3_stmt* statement, int index, bool is_integer) {
  const auto number = sqlite3_column_int64(statement, index);
  if (!is_integer || (number != 0 && number != 1)) return refuse("bad_boolean", "the value is neither 0 nor 1");
  return Value(number == 1);
}

Result<Value> decimal_of(std::string_view text, const Field& field) {
  const auto parsed = Decimal::parse(text);
  if (!parsed) return refuse("bad_decimal", "the text is not a decimal number");
  const auto decimal = parsed->rescaled(field.scale);
  if (!decimal && parsed->scale > field.scale)
    return refuse("too_many_decimals", fmt::format("the number has more than {} decimal places", field.scale));
  if (!decimal || !decimal->fits(field.precision))
    return refuse("out_of_range", "the number does not fit " + field.type_text());
  return Value(*decimal);
}

Result<Value> time_of(std::string_view text, Type type) {
  if (type == Type::kDate) {
    const auto days = parse_date(text);
    return days ? Result<Value>(Value(std::int64_t{*days}))
                : refuse("bad_date", "the text is not a date such as 2026-01-31");
  }
  const auto micros = parse_timestamp(text);
  return micros ? Result<Value>(Value(*micros))
                : refuse("bad_timestamp", "the text is not a timestamp such as 2026-01-31 23:59:59");
}

}  // namespace

int bind_value(sqlite3_stmt* statement, int index, const ColumnView& column, std::int64_t row) {
  if (column.is_null(row)) return sqlite3_bind_null(statement, index);
  switch (column.type()) {
    case Type::kBool: return sqlite3_bind_int64(statement, index, column.boolean(row) ? 1 : 0);
    case Type::kInt64: return sqlite3_bind_int64(statement, index, column.int64(row));
    case Type::kFloat64: return sqlite3_bind_double(statement, index, column.float64(row));
    case Type::kUtf8: return bind_text(statement, index, column.text(row), SQLITE_STATIC);
    case Type::kBinary: {
      const auto bytes = column.text(row);
      return sqlite3_bind_blob64(statement, index, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                                 SQLITE_STATIC);
    }
    case Type::kDate:
      if (!is_calendar_date(column.date(row))) return SQLITE_RANGE;
      return bind_text(statement, index, date_text(column.date(row)), SQLITE_TRANSIENT);
    case Type::kTimestamp:
      if (!is_calendar_timestamp(column.timestamp(row))) return SQLITE_RANGE;
      return bind_text(statement, index, timestamp_text(column.timestamp(row)), SQLITE_TRANSIENT);
    case Type::kDecimal: return bind_text(statement, index, column.decimal(row).to_string(), SQLITE_TRANSIENT);
  }
  return SQLITE_MISMATCH;
}

Result<Value> read_value(sqlite3_stmt* statement, int index, const Field& field) {
  const auto kind = sqlite3_column_type(statement, index);
  if (kind == SQLITE_NULL) return Value();
  if (field.type == Type::kFloat64) {
    if (kind != SQLITE_FLOAT && kind != SQLITE_INTEGER) return refuse("bad_float", "the value is not a number");
    return Value(sqlite3_column_double(statement, index));
  }
  if (kind == SQLITE_FLOAT)
    return refuse("not_exact",
                  "the value is a float, which is not exact; compute with integers, as in amount * 15 / 1000");
  if (field.type == Type::kBinary) return Value(blob_of(statement, index));
  if (kind == SQLITE_BLOB) return refuse("bad_text", "the value is bytes, not text or a number");
  const bool is_integer = kind == SQLITE_INTEGER;
  switch (field.type) {
    case Type::kInt64: return integer_of(statement, index, is_integer);
    case Type::kBool: return boolean_of(statement, index, is_integer);
    case Type::kDecimal: return decimal_of(text_of(statement, index), field);
    case Type::kDate:
    case Type::kTimestamp: return time_of(text_of(statement, index), field.type);
    default: break;
  }
  const auto text = text_of(statement, index);
  if (!is_utf8(text)) return refuse("bad_text", "the text is not UTF-8");
  return Value(text);
}

void append_value(const Value& value, ColumnBuilder& to) {
  std::visit(
      [&](const auto& known) {
        if constexpr (std::is_same_v<std::decay_t<decltype(known)>, std::monostate>)
          to.append_null();
        else
          to.append(known);
      },
      value);
}

}  // namespace sentinel::sql_transform
