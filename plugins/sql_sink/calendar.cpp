// Turns days and microseconds into ISO text and back.
#include "sql_sink/calendar.hpp"

#include <chrono>

namespace sentinel::sql_sink {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
constexpr std::int64_t kFirstDay = -719'162;  // 0001-01-01
constexpr std::int64_t kLastDay = 2'932'896;  // 9999-12-31

std::int64_t floor_divide(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

char* put_digits(char* out, std::int64_t value, int width) {
  for (int i = width - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + width;
}

// Takes `width` digits off the front.
std::optional<std::int64_t> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// ".5" is 500000 microseconds; more than six digits must be zeros.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  std::int64_t micros = 0;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits, text.remove_prefix(1)) {
    if (digits < 6) {
      micros = micros * 10 + (text.front() - '0');
    } else if (text.front() != '0') {
      return std::nullopt;
    }
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) micros *= 10;
  return micros;
}

}  // namespace

bool is_calendar_date(std::int64_t days) { return days >= kFirstDay && days <= kLastDay; }
bool is_calendar_timestamp(std::int64_t micros) { return is_calendar_date(floor_divide(micros, kMicrosPerDay)); }

std::size_t write_date(std::int64_t days, char* out) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  char* at = put_digits(out, static_cast<int>(date.year()), 4);
  *at++ = '-';
  at = put_digits(at, static_cast<unsigned>(date.month()), 2);
  *at++ = '-';
  put_digits(at, static_cast<unsigned>(date.day()), 2);
  return kDateBytes;
}

std::size_t write_timestamp(std::int64_t micros, char* out) {
  const auto days = floor_divide(micros, kMicrosPerDay);
  const auto rest = micros - days * kMicrosPerDay;
  const auto seconds = rest / kMicrosPerSecond, fraction = rest % kMicrosPerSecond;
  char* at = out + write_date(days, out);
  *at++ = ' ';
  at = put_digits(at, seconds / 3600, 2);
  *at++ = ':';
  at = put_digits(at, seconds / 60 % 60, 2);
  *at++ = ':';
  at = put_digits(at, seconds % 60, 2);
  if (fraction != 0) {
    *at++ = '.';
    at = put_digits(at, fraction, 6);
  }
  return static_cast<std::size_t>(at - out);
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  const auto days = take_date(text);
  return text.empty() ? days : std::nullopt;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  const auto days = take_date(text);
  if (!days || (!take(text, ' ') && !take(text, 'T'))) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || !take(text, ':')) return std::nullopt;
  const auto seconds = take_digits(text, 2);
  const auto fraction = take_fraction(text);
  if (!seconds || !fraction || *hours > 23 || *minutes > 59 || *seconds > 59) return std::nullopt;
  if (!text.empty() && text != "Z" && text != "+00" && text != "+00:00") return std::nullopt;
  return *days * kMicrosPerDay + (*hours * 3600 + *minutes * 60 + *seconds) * kMicrosPerSecond + *fraction;
}

std::int64_t rounded_to_digits(std::int64_t micros, int digits) {
  std::int64_t unit = 1;
  for (int i = digits; i < 6; ++i) unit *= 10;
  if (unit == 1) return micros;
  return floor_divide(micros + unit / 2, unit) * unit;
}

}  // namespace sentinel::sql_sink
