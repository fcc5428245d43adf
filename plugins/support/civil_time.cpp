// Dates and times as databases print them: see the header.
#include "support/civil_time.hpp"

#include <fmt/format.h>

#include <chrono>

namespace sentinel::support {
namespace {

constexpr std::int64_t kMicrosADay = 86'400'000'000;

// Reads from the front of a text; the first mismatch makes every later answer wrong, so that one check at the end is
// enough.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count) return fail();
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return fail();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool skip(char c) {
    if (!ok_ || rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!skip(c)) fail();
  }
  // The digits behind the point as microseconds.
  int fraction() {
    int micros = 0, place = 100'000;
    bool any = false;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      const int digit = rest_.front() - '0';
      if (place == 0 && digit != 0) return fail();
      micros += digit * place;
      place /= 10;
      any = true;
      rest_.remove_prefix(1);
    }
    return any ? micros : fail();
  }
  bool at_end() const { return ok_ && rest_.empty(); }
  bool ok() const { return ok_; }

 private:
  int fail() {
    ok_ = false;
    return 0;
  }
  std::string_view rest_;
  bool ok_ = true;
};

struct Day {
  int year, month, day;
};

Day scan_day(Scanner& scanner) {
  Day result{};
  result.year = scanner.digits(4);
  scanner.expect('-');
  result.month = scanner.digits(2);
  scanner.expect('-');
  result.day = scanner.digits(2);
  return result;
}

Civil to_days(const Day& day, std::int32_t& days) {
  if (day.year == 0 && day.month == 0 && day.day == 0) return Civil::kZero;
  const std::chrono::year_month_day date{std::chrono::year(day.year),
                                         std::chrono::month(static_cast<unsigned>(day.month)),
                                         std::chrono::day(static_cast<unsigned>(day.day))};
  if (!date.ok()) return Civil::kInvalid;
  days = static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count());
  return Civil::kValue;
}

// Seconds east of UTC at the end of the text: "Z", "+01", "+0530", "-03:30", or nothing.
int scan_offset(Scanner& scanner) {
  if (scanner.skip('Z') || scanner.at_end()) return 0;
  const bool west = scanner.skip('-');
  if (!west) scanner.expect('+');
  int seconds = scanner.digits(2) * 3600;
  if (scanner.ok() && !scanner.at_end()) {
    scanner.skip(':');
    seconds += scanner.digits(2) * 60;
    if (scanner.skip(':')) seconds += scanner.digits(2);
  }
  return west ? -seconds : seconds;
}

std::int64_t scan_time(Scanner& scanner) {
  const auto hour = scanner.digits(2);
  scanner.expect(':');
  const auto minute = scanner.digits(2);
  int second = 0, micros = 0;
  if (scanner.skip(':')) {
    second = scanner.digits(2);
    if (scanner.skip('.')) micros = scanner.fraction();
  }
  scanner.skip(' ');
  const auto offset = scan_offset(scanner);
  if (hour > 23 || minute > 59 || second > 59) scanner.expect('\n');
  return (hour * 3600LL + minute * 60 + second - offset) * 1'000'000 + micros;
}

}  // namespace

Civil parse_timestamp(std::string_view text, std::int64_t& micros) {
  Scanner scanner(text);
  const auto day = scan_day(scanner);
  std::int64_t time = 0;
  if (scanner.skip(' ') || scanner.skip('T')) time = scan_time(scanner);
  if (!scanner.at_end()) return Civil::kInvalid;
  std::int32_t days = 0;
  const auto result = to_days(day, days);
  if (result == Civil::kValue) micros = days * kMicrosADay + time;
  return result;
}

Civil parse_date(std::string_view text, std::int32_t& days) {
  std::int64_t micros = 0;
  const auto result = parse_timestamp(text, micros);
  if (result != Civil::kValue) return result;
  if (micros % kMicrosADay != 0) return Civil::kInvalid;
  days = static_cast<std::int32_t>(micros / kMicrosADay);
  return Civil::kValue;
}

std::string print_date(std::int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string print_timestamp(std::int64_t micros) {
  auto days = micros / kMicrosADay;
  auto rest = micros % kMicrosADay;
  if (rest < 0) {
    rest += kMicrosADay;
    --days;
  }
  const auto seconds = rest / 1'000'000;
  auto text = fmt::format("{} {:02}:{:02}:{:02}", print_date(static_cast<std::int32_t>(days)), seconds / 3600,
                          seconds / 60 % 60, seconds % 60);
  if (rest % 1'000'000 != 0) text += fmt::format(".{:06}", rest % 1'000'000);
  return text;
}

}  // namespace sentinel::support
