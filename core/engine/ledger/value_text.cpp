// Calendar arithmetic over all of int64, so that no value a source can hold is printed wrong.
#include "engine/ledger/value_text.hpp"

#include "engine/ledger/json_text.hpp"

#include <charconv>
#include <cmath>
#include <limits>

namespace sentinel::ledger {
namespace {

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

struct CivilDate {
  std::int64_t year;
  int month, day;
};

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Howard Hinnant's days_from_civil and its inverse, proleptic Gregorian: years start in March so that leap days come
// last.
CivilDate civil_from_days(std::int64_t days) {
  days += 719468;
  const auto era = floor_div(days, 146097);
  const auto day_of_era = days - era * 146097;
  const auto year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto shifted_month = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const auto month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

std::int64_t days_from_civil(const CivilDate& date) {
  const auto year = date.year - (date.month <= 2 ? 1 : 0);
  const auto era = floor_div(year, 400);
  const auto year_of_era = year - era * 400;
  const auto day_of_year = (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  const auto digits = std::to_string(value);
  out.append(digits.size() < width ? width - digits.size() : 0, '0');
  out += digits;
}

// Takes exactly `width` digits, or at least `width` where `open_ended`.
std::optional<std::int64_t> take_digits(std::string_view& text, std::size_t width, bool open_ended = false) {
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9' && (open_ended || count < width)) ++count;
  if (count < width || count > 9) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value * 10 + (text[i] - '0');
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_days(std::string_view& text) {
  const bool negative = take(text, '-');
  const bool is_signed = negative || take(text, '+');
  const auto year = take_digits(text, 4, is_signed);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || *month < 1 || *month > 12 || *day < 1) return std::nullopt;
  const CivilDate date{negative ? -*year : *year, static_cast<int>(*month), static_cast<int>(*day)};
  const auto days = days_from_civil(date);
  if (const auto back = civil_from_days(days); back.month != date.month || back.day != date.day) return std::nullopt;
  return days;
}

// Microseconds of the day from "HH:MM:SS[.ffffff]".
std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59 || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *second > 59) return std::nullopt;
  std::int64_t micros = 0;
  if (take(text, '.')) {
    const auto fraction = take_digits(text, 6);
    if (!fraction) return std::nullopt;
    micros = *fraction;
  }
  return ((*hour * 60 + *minute) * 60 + *second) * 1'000'000 + micros;
}

}  // namespace

std::string date_text(std::int64_t days) {
  const auto date = civil_from_days(days);
  std::string out;
  if (date.year < 0 || date.year > 9999) out.push_back(date.year < 0 ? '-' : '+');
  append_padded(out, date.year < 0 ? -date.year : date.year, 4);
  out.push_back('-');
  append_padded(out, date.month, 2);
  out.push_back('-');
  append_padded(out, date.day, 2);
  return out;
}

std::string timestamp_text(std::int64_t micros) {
  const auto days = floor_div(micros, kMicrosPerDay);
  // Unsigned, because days * kMicrosPerDay lies below the smallest int64 for the earliest day.
  const auto of_day =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(micros) -
                                static_cast<std::uint64_t>(days) * static_cast<std::uint64_t>(kMicrosPerDay));
  const auto seconds = of_day / 1'000'000;
  auto out = date_text(days);
  out.push_back('T');
  append_padded(out, seconds / 3600, 2);
  out.push_back(':');
  append_padded(out, seconds / 60 % 60, 2);
  out.push_back(':');
  append_padded(out, seconds % 60, 2);
  if (const auto fraction = of_day % 1'000'000; fraction != 0) {
    out.push_back('.');
    append_padded(out, fraction, 6);
  }
  out.push_back('Z');
  return out;
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
  const auto days = take_days(text);
  if (!days || !text.empty() || *days < std::numeric_limits<std::int32_t>::min() ||
      *days > std::numeric_limits<std::int32_t>::max())
    return std::nullopt;
  return static_cast<std::int32_t>(*days);
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  const auto days = take_days(text);
  if (!days || !take(text, 'T')) return std::nullopt;
  const auto of_day = take_time(text);
  if (!of_day || !take(text, 'Z') || !text.empty()) return std::nullopt;
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
