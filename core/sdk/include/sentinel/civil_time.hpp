// Days and microseconds to and from the text of dates and times, without a time zone library.
//
// A date is a number of days since 1970-01-01, a timestamp a number of microseconds since 1970-01-01T00:00:00Z, both in
// the proleptic Gregorian calendar without leap seconds. As text they are ISO 8601, as MySQL, MariaDB, PostgreSQL and
// SQLite print it too: "2026-01-31", "2026-01-31 23:59:59.123456". Such text holds the years 0001 to 9999.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sentinel {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

struct CivilDate {
  std::int64_t year;  // 0 is the year before 0001, -1 the one before that
  int month, day;
};

namespace detail {

constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace detail

// days_from_civil and civil_from_days of Howard Hinnant (howardhinnant.github.io/date_algorithms.html): years start in
// March, so that leap days come last, and an era of 400 years has 146097 days. REQUIRES: fewer than 2^62 days from
// 1970.
constexpr std::int64_t days_from_civil(const CivilDate& date) {
  const auto year = date.year - (date.month <= 2 ? 1 : 0);
  const auto era = detail::floor_divide(year, 400);
  const auto year_of_era = year - era * 400;
  const auto day_of_year = (153 * (date.month > 2 ? date.month - 3 : date.month + 9) + 2) / 5 + date.day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

constexpr CivilDate civil_from_days(std::int64_t days) {
  days += 719'468;
  const auto era = detail::floor_divide(days, 146'097);
  const auto day_of_era = days - era * 146'097;
  const auto year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto shifted_month = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const auto month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

// The days of a date, or nothing for one that the calendar does not have: 2023-02-29.
constexpr std::optional<std::int64_t> checked_days(const CivilDate& date) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (date.month < 1 || date.month > 12) return std::nullopt;
  const bool is_leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
  if (date.day < 1 || date.day > kDays[date.month - 1] + (is_leap && date.month == 2 ? 1 : 0)) return std::nullopt;
  return days_from_civil(date);
}

// Years 0001 to 9999, which every database and every text holds.
constexpr bool is_calendar_date(std::int64_t days) { return days >= -719'162 && days <= 2'932'896; }

// The day that holds the instant, also before 1970, and the microseconds since that day began.
constexpr std::int64_t day_of(std::int64_t micros) { return detail::floor_divide(micros, kMicrosPerDay); }
constexpr std::int64_t time_of_day(std::int64_t micros) {
  const auto rest = micros % kMicrosPerDay;
  return rest < 0 ? rest + kMicrosPerDay : rest;
}

constexpr bool is_calendar_timestamp(std::int64_t micros) { return is_calendar_date(day_of(micros)); }

// The timestamp as a column keeps it that has `digits` digits of a second: half up, so that no server rounds on its
// own. REQUIRES: is_calendar_timestamp(micros), 0 <= digits <= 6.
constexpr std::int64_t rounded_to_digits(std::int64_t micros, int digits) {
  std::int64_t unit = 1;
  for (int i = digits; i < 6; ++i) unit *= 10;
  return detail::floor_divide(micros + unit / 2, unit) * unit;
}

// --- To text ---------------------------------------------------------------------------------------------------------

enum class TimestampForm {
  kSql,  // 2026-01-31 23:59:59
  kIso,  // 2026-01-31T23:59:59Z
};

inline constexpr std::size_t kDateBytes = 10;       // 2026-01-31
inline constexpr std::size_t kTimeBytes = 15;       // 23:59:59.123456
inline constexpr std::size_t kTimestampBytes = 27;  // 2026-01-31T23:59:59.123456Z

// Writes exactly `width` digits, with zeros in front, and answers the place after them.
constexpr char* write_digits(std::int64_t value, int width, char* out) {
  for (int i = width - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + width;
}

// Each writes the text and answers its length. REQUIRES: `out` has room for the bytes above; the value lies within the
// calendar, or within the day. A second that is whole has no fraction, any other has six digits of it.
constexpr std::size_t write_date(std::int64_t days, char* out) {
  const auto date = civil_from_days(days);
  char* at = write_digits(date.year, 4, out);
  *at++ = '-';
  at = write_digits(date.month, 2, at);
  *at++ = '-';
  write_digits(date.day, 2, at);
  return kDateBytes;
}

constexpr std::size_t write_time(std::int64_t micros_of_day, char* out) {
  const auto seconds = micros_of_day / kMicrosPerSecond, fraction = micros_of_day % kMicrosPerSecond;
  char* at = write_digits(seconds / 3600, 2, out);
  *at++ = ':';
  at = write_digits(seconds / 60 % 60, 2, at);
  *at++ = ':';
  at = write_digits(seconds % 60, 2, at);
  if (fraction != 0) {
    *at++ = '.';
    at = write_digits(fraction, 6, at);
  }
  return static_cast<std::size_t>(at - out);
}

constexpr std::size_t write_timestamp(std::int64_t micros, char* out, TimestampForm form = TimestampForm::kSql) {
  char* at = out + write_date(day_of(micros), out);
  *at++ = form == TimestampForm::kSql ? ' ' : 'T';
  at += write_time(time_of_day(micros), at);
  if (form == TimestampForm::kIso) *at++ = 'Z';
  return static_cast<std::size_t>(at - out);
}

inline std::string date_text(std::int64_t days) {
  char text[kDateBytes];
  return {text, write_date(days, text)};
}

inline std::string timestamp_text(std::int64_t micros, TimestampForm form = TimestampForm::kSql) {
  char text[kTimestampBytes];
  return {text, write_timestamp(micros, text, form)};
}

// --- From text -------------------------------------------------------------------------------------------------------

// Takes a text apart from the front. The first mismatch fails it for good, so that one check at the end is enough.
class CivilScanner {
 public:
  explicit constexpr CivilScanner(std::string_view text) : rest_(text) {}

  // As many digits as there are, from `least` to `most`. REQUIRES: most <= 9
  constexpr int digits(std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    for (; count < most && has_digit(); ++count) value = value * 10 + take_digit();
    return count < least ? fail() : value;
  }
  constexpr int digits(std::size_t count) { return digits(count, count); }
  // A number that may not be above `largest`.
  constexpr int two_digits(int largest) {
    const auto value = digits(2);
    return value > largest ? fail() : value;
  }
  constexpr bool skip(char c) {
    if (has_failed_ || !rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  constexpr void expect(char c) {
    if (!skip(c)) fail();
  }
  // The digits after the point in microseconds; those after the sixth must be zeros.
  constexpr int fraction() {
    int micros = 0, place = 100'000;
    if (!has_digit()) return fail();
    for (; has_digit(); place /= 10) {
      const auto digit = take_digit();
      if (place == 0 && digit != 0) return fail();
      micros += digit * place;
    }
    return micros;
  }
  constexpr CivilDate date() {
    const auto year = digits(4);
    expect('-');
    const auto month = digits(2);
    expect('-');
    return {year, month, digits(2)};
  }
  // "23:59:59.5" in microseconds of the day; 60 seconds have no place in them and are refused.
  constexpr std::int64_t time(bool may_lack_seconds = false) {
    const std::int64_t hours = two_digits(23);
    expect(':');
    const auto minutes = two_digits(59);
    int seconds = 0, micros = 0;
    if (skip(':')) {
      seconds = two_digits(59);
      if (skip('.')) micros = fraction();
    } else if (!may_lack_seconds) {
      fail();
    }
    return (hours * 3600 + minutes * 60 + seconds) * kMicrosPerSecond + micros;
  }
  // The end of a timestamp in microseconds east of UTC: "Z", "+01", "+0530", "-03:30", "+00:13:35"; 0 for nothing.
  constexpr std::int64_t offset() {
    if (skip('Z') || at_end()) return 0;
    const bool is_west = skip('-');
    if (!is_west) expect('+');
    std::int64_t seconds = two_digits(23) * 3600;
    if (!rest_.empty()) {
      skip(':');
      seconds += two_digits(59) * 60;
      if (skip(':')) seconds += two_digits(59);
    }
    return (is_west ? -seconds : seconds) * kMicrosPerSecond;
  }
  // True if all of the text was taken and nothing failed.
  constexpr bool at_end() const { return !has_failed_ && rest_.empty(); }

 private:
  constexpr bool has_digit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  constexpr int take_digit() {
    const int digit = rest_.front() - '0';
    rest_.remove_prefix(1);
    return digit;
  }
  constexpr int fail() {
    has_failed_ = true;
    return 0;
  }

  std::string_view rest_;
  bool has_failed_ = false;
};

// "2026-01-31" and nothing else.
constexpr std::optional<std::int32_t> parse_date(std::string_view text) {
  CivilScanner scanner(text);
  const auto date = scanner.date();
  if (!scanner.at_end() || date.year == 0) return std::nullopt;
  const auto days = checked_days(date);
  return days ? std::optional(static_cast<std::int32_t>(*days)) : std::nullopt;
}

// "23:59:59" with or without a fraction, in microseconds of the day.
constexpr std::optional<std::int64_t> parse_time(std::string_view text) {
  CivilScanner scanner(text);
  const auto micros = scanner.time();
  return scanner.at_end() ? std::optional(micros) : std::nullopt;
}

// Which offsets from UTC a timestamp may end in.
enum class Offsets { kAny, kZero };

// "2026-01-31 23:59:59" with T for the space, a fraction of a second, and Z or an offset; without one it is UTC.
constexpr std::optional<std::int64_t> parse_timestamp(std::string_view text, Offsets offsets = Offsets::kAny) {
  const auto days = parse_date(text.substr(0, kDateBytes));
  if (!days) return std::nullopt;
  CivilScanner scanner(text.substr(kDateBytes));
  if (!scanner.skip(' ')) scanner.expect('T');
  const auto time = scanner.time();
  const auto offset = scanner.offset();
  if (!scanner.at_end() || (offsets == Offsets::kZero && offset != 0)) return std::nullopt;
  return *days * kMicrosPerDay + time - offset;
}

// What a database printed where it should print a date or a time.
enum class Civil {
  kValue,
  kZero,     // MySQL's 0000-00-00: no date at all
  kInvalid,  // not a date, or one that the calendar does not have: 2022-11-00, infinity
};

// Like parse_timestamp(), but also a date alone, which means midnight, a time without seconds, and a space before the
// offset. `micros` is set for kValue only.
constexpr Civil read_timestamp(std::string_view text, std::int64_t& micros) {
  CivilScanner scanner(text);
  const auto date = scanner.date();
  std::int64_t time = 0;
  if (scanner.skip(' ') || scanner.skip('T')) {
    time = scanner.time(true);
    scanner.skip(' ');
    time -= scanner.offset();
  }
  if (!scanner.at_end()) return Civil::kInvalid;
  if (date.year == 0 && date.month == 0 && date.day == 0) return Civil::kZero;
  const auto days = checked_days(date);
  if (!days || date.year == 0) return Civil::kInvalid;
  micros = *days * kMicrosPerDay + time;
  return Civil::kValue;
}

// The same for a date, with or without a time after it that is midnight in UTC.
constexpr Civil read_date(std::string_view text, std::int32_t& days) {
  std::int64_t micros = 0;
  const auto result = read_timestamp(text, micros);
  if (result != Civil::kValue) return result;
  if (time_of_day(micros) != 0) return Civil::kInvalid;
  days = static_cast<std::int32_t>(day_of(micros));
  return Civil::kValue;
}

}  // namespace sentinel
