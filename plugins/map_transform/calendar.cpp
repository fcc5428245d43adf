// Parses and prints ISO 8601 dates and timestamps with the calendar of std::chrono.
#include "calendar.hpp"

#include <chrono>
#include <cstdio>

namespace sentinel::map_transform {
namespace {

// Takes exactly `count` digits off the front.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  unsigned value = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int32_t> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || *year == 0 || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
}

// "10:00:00.25" in microseconds since midnight. A leap second has no place in UTC microseconds and is refused.
std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59 || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *second > 59) return std::nullopt;
  std::int64_t fraction = 0;
  if (take(text, '.')) {
    int places = 0;
    while (const auto digit = take_digits(text, 1)) {
      if (++places > 6) return std::nullopt;
      fraction = fraction * 10 + *digit;
    }
    if (places == 0) return std::nullopt;
    for (; places < 6; ++places) fraction *= 10;
  }
  return (static_cast<std::int64_t>(*hour) * 3600 + *minute * 60 + *second) * 1'000'000 + fraction;
}

// "+01:00" or "+0100" in microseconds east of UTC; 0 for "Z" and for nothing.
std::optional<std::int64_t> take_zone(std::string_view& text) {
  if (text.empty() || take(text, 'Z')) return 0;
  const bool is_west = text.starts_with('-');
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  take(text, ':');
  const auto minutes = take_digits(text, 2);
  if (!hours || *hours > 23 || !minutes || *minutes > 59) return std::nullopt;
  const auto east = (static_cast<std::int64_t>(*hours) * 60 + *minutes) * 60'000'000;
  return is_west ? -east : east;
}

constexpr std::int32_t kFirstDay = -719'162;  // 0001-01-01
constexpr std::int32_t kLastDay = 2'932'896;  // 9999-12-31

}  // namespace

std::optional<std::int32_t> parse_date(std::string_view text) {
  const auto days = take_date(text);
  return text.empty() ? days : std::nullopt;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  const auto days = take_date(text);
  if (!days || (!take(text, ' ') && !take(text, 'T'))) return std::nullopt;
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return *days * kMicrosecondsOfDay + *time - *zone;
}

std::optional<std::string> date_text(std::int32_t days) {
  if (days < kFirstDay || days > kLastDay) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

std::optional<std::string> timestamp_text(std::int64_t microseconds) {
  const std::int64_t day = microseconds / kMicrosecondsOfDay - (microseconds % kMicrosecondsOfDay < 0 ? 1 : 0);
  if (day < kFirstDay || day > kLastDay) return std::nullopt;
  const auto rest = microseconds - day * kMicrosecondsOfDay;
  const auto seconds = static_cast<int>(rest / 1'000'000);
  const auto fraction = static_cast<int>(rest % 1'000'000);
  char text[48];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  auto out = *date_text(static_cast<std::int32_t>(day)) + text;
  if (fraction != 0) {
    std::snprintf(text, sizeof text, ".%06d", fraction);
    out += text;
  }
  return out + "Z";
}

std::int32_t day_of(std::int64_t microseconds) {
  const auto rest = microseconds % kMicrosecondsOfDay;
  return static_cast<std::int32_t>(microseconds / kMicrosecondsOfDay - (rest < 0 ? 1 : 0));
}

}  // namespace sentinel::map_transform
