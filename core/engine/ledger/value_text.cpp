// Prints and parses dates over all of int64, so that no value of a source is printed wrong.
#include "engine/ledger/value_text.hpp"

#include "engine/ledger/lossless_json.hpp"

#include <sentinel/civil_time.hpp>
#include <sentinel/text.hpp>

#include <charconv>
#include <cmath>
#include <limits>

namespace sentinel::ledger {
namespace {

// The year may have a sign, and then more than four digits.
std::optional<std::int64_t> parse_days(std::string_view text) {
  CivilScanner scanner(text);
  const bool is_negative = scanner.skip('-');
  const bool is_signed = is_negative || scanner.skip('+');
  const std::int64_t year = scanner.digits(4, is_signed ? 9 : 4);
  scanner.expect('-');
  const auto month = scanner.digits(2);
  scanner.expect('-');
  const auto day = scanner.digits(2);
  return scanner.at_end() ? checked_days({is_negative ? -year : year, month, day}) : std::nullopt;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string date_text(std::int64_t days) {
  if (is_calendar_date(days)) return sentinel::date_text(days);
  const auto date = civil_from_days(days);
  auto year = std::to_string(date.year < 0 ? -date.year : date.year);
  if (year.size() < 4) year.insert(0, 4 - year.size(), '0');
  char rest[] = "-mm-dd";
  write_digits(date.month, 2, rest + 1);
  write_digits(date.day, 2, rest + 4);
  return (date.year < 0 ? "-" : date.year > 9999 ? "+" : "") + year + rest;
}

std::string timestamp_text(std::int64_t micros) {
  char time[kTimeBytes];
  const auto size = write_time(time_of_day(micros), time);
  return date_text(day_of(micros)) + 'T' + std::string(time, size) + 'Z';
}

std::string float_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

std::string decimal_text(const Decimal& value) {
  auto digits = sentinel::to_string(value.unscaled);
  const bool negative = digits.front() == '-';
  if (negative) digits.erase(0, 1);
  if (value.scale > 0) {
    const auto scale = static_cast<std::size_t>(value.scale);
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale, 1, '.');
  }
  if (negative) digits.insert(0, 1, '-');
  return digits;
}

std::optional<std::int32_t> parse_date(std::string_view text) {
  const auto days = parse_days(text);
  if (!days || *days < std::numeric_limits<std::int32_t>::min() || *days > std::numeric_limits<std::int32_t>::max())
    return std::nullopt;
  return static_cast<std::int32_t>(*days);
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  const auto middle = text.find('T');
  if (middle == std::string_view::npos || !text.ends_with('Z')) return std::nullopt;
  const auto days = parse_days(text.substr(0, middle));
  const auto time = text.substr(middle + 1, text.size() - middle - 2);
  const auto of_day = parse_time(time);
  const bool has_all_digits = time.size() == kTimeBytes || time.find('.') == std::string_view::npos;
  if (!days || !of_day || !has_all_digits) return std::nullopt;
  const auto micros = static_cast<int128>(*days) * kMicrosPerDay + *of_day;
  if (micros < std::numeric_limits<std::int64_t>::min() || micros > std::numeric_limits<std::int64_t>::max())
    return std::nullopt;
  return static_cast<std::int64_t>(micros);
}

std::optional<double> parse_float(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<int128> parse_decimal(std::string_view text, int scale) {
  const bool negative = take(text, '-');
  const auto point = text.find('.');
  const auto behind = point == std::string_view::npos ? 0 : text.size() - point - 1;
  if (behind != static_cast<std::size_t>(scale) || text.size() == (scale == 0 ? 0u : behind + 1) ||
      (scale == 0 && point != std::string_view::npos))
    return std::nullopt;
  const auto limit = (static_cast<uint128>(1) << 127) - (negative ? 0 : 1);
  uint128 magnitude = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == point) continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    const auto digit = static_cast<unsigned>(text[i] - '0');
    if (magnitude > (limit - digit) / 10) return std::nullopt;
    magnitude = magnitude * 10 + digit;
  }
  return static_cast<int128>(negative ? ~magnitude + 1 : magnitude);
}

std::string value_text(const ColumnView& column, std::int64_t row) {
  switch (column.type()) {
    case Type::kBool: return column.boolean(row) ? "true" : "false";
    case Type::kInt64: return std::to_string(column.int64(row));
    case Type::kFloat64: return float_text(column.float64(row));
    case Type::kUtf8: {
      const auto text = column.text(row);
      return is_utf8(text) ? std::string(text) : to_base64(text);
    }
    case Type::kBinary: return to_base64(column.text(row));
    case Type::kDate: return date_text(column.date(row));
    case Type::kTimestamp: return timestamp_text(column.timestamp(row));
    case Type::kDecimal: return decimal_text(column.decimal(row));
  }
  return {};
}

}  // namespace sentinel::ledger
