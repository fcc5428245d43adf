// Parses formats, and texts according to them.
#include "map_transform/date_format.hpp"

#include "map_transform/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace sentinel::map_transform {
namespace {

constexpr std::string_view kDirectives = "YmdbHIMSfpz", kNumbers = "YmdHIMSf";
constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                      "may",       "june",     "july",     "august",
                                                      "september", "october",  "november", "december"};

bool is_number(const FormatPart& part) {
  return part.directive != '\0' ? kNumbers.find(part.directive) != std::string_view::npos
                                : part.literal >= '0' && part.literal <= '9';
}

Status check(const DateFormat& format, std::string_view text) {
  const auto count = [&](char directive) {
    return std::count_if(format.begin(), format.end(), [&](const auto& part) { return part.directive == directive; });
  };
  const auto refuse = [&](const std::string& why) {
    return invalid_config(fmt::format("the date format \"{}\" {}", text, why));
  };
  for (const char directive : kDirectives)
    if (count(directive) > 1) return refuse(fmt::format("holds %{} twice", std::string(1, directive)));
  if (count('Y') != 1 || count('d') != 1 || count('m') + count('b') != 1)
    return refuse("needs a year (%Y), one month (%m or %b) and a day (%d)");
  if (count('H') + count('I') > 1 || count('I') != count('p')) return refuse("needs %H alone, or %I together with %p");
  if (count('M') > count('H') + count('I') || count('S') > count('M') || count('f') > count('S'))
    return refuse("names a part of the time without the larger part before it");
  if (count('z') > count('H') + count('I')) return refuse("has an offset (%z) but no time");
  return {};
}

// Parses a text by a format; stops at the first part that does not fit.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  bool take(const FormatPart& part) {
    const std::size_t least = part.is_fixed ? 2 : 1;
    switch (part.directive) {
      case '\0': return skip(part.literal);
      case 'Y': return digits(4, 4, year_) && year_ > 0;
      case 'm': return digits(least, 2, month_);
      case 'd': return digits(least, 2, day_);
      case 'b': return month_name();
      case 'H': return digits(least, 2, hour_) && hour_ < 24;
      case 'I': return digits(least, 2, hour_) && hour_ >= 1 && hour_ <= 12;
      case 'M': return digits(least, 2, minute_) && minute_ < 60;
      case 'S': return digits(least, 2, second_) && second_ < 60;
      case 'f': return fraction();
      case 'p': return half_of_day();
      default: return offset();
    }
  }
  std::optional<CivilReading> finish() const {
    const auto days = checked_days({year_, month_, day_});
    if (!rest_.empty() || !days) return std::nullopt;
    const std::int64_t hour = is_halved_ ? hour_ % 12 + (is_afternoon_ ? 12 : 0) : hour_;
    return CivilReading{*days, ((hour * 60 + minute_) * 60 + second_) * kMicrosPerSecond + micros_, offset_};
  }

 private:
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool digits(std::size_t least, std::size_t most, int& value) {
    std::size_t count = 0;
    for (value = 0; count < most && !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; ++count) {
      value = value * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
    }
    return count >= least;
  }
  bool fraction() {
    const auto before = rest_.size();
    if (!digits(1, 6, micros_)) return false;
    for (auto count = before - rest_.size(); count < 6; ++count) micros_ *= 10;
    while (skip('0')) {
    }
    return true;
  }
  bool word(std::string_view wanted) {
    if (lower_cased(rest_.substr(0, wanted.size())) != wanted) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }
  bool month_name() {
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
      if (!word(kMonths[i]) && !word(kMonths[i].substr(0, 3))) continue;
      month_ = static_cast<int>(i) + 1;
      return true;
    }
    return false;
  }
  bool half_of_day() {
    is_halved_ = true;
    is_afternoon_ = word("pm");
    return is_afternoon_ || word("am");
  }
  bool offset() {
    if (rest_.empty()) return false;
    CivilScanner scanner(rest_);
    offset_ = scanner.offset();
    rest_ = {};
    return scanner.at_end();
  }

  std::string_view rest_;
  int year_ = 0, month_ = 0, day_ = 0, hour_ = 0, minute_ = 0, second_ = 0, micros_ = 0;
  bool is_halved_ = false, is_afternoon_ = false;
  std::optional<std::int64_t> offset_;
};

}  // namespace

Result<DateFormat> parse_date_format(std::string_view text) {
  DateFormat format;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      format.push_back({'\0', text[i], false});
      continue;
    }
    const char directive = ++i < text.size() ? text[i] : '\0';
    if (directive == '%')
      format.push_back({'\0', '%', false});
    else if (directive == '\0' || kDirectives.find(directive) == std::string_view::npos)
      return invalid_config(fmt::format(
          "the date format \"{}\" holds an unknown directive \"%{}\"; use %Y %m %d %b %H %I %M %S %f %p %z %%", text,
          directive == '\0' ? "" : std::string(1, directive)));
    else
      format.push_back({directive, '\0', false});
  }
  SENTINEL_TRY(check(format, text));
  for (std::size_t i = 0; i < format.size(); ++i)
    format[i].is_fixed = (i > 0 && is_number(format[i - 1])) || (i + 1 < format.size() && is_number(format[i + 1]));
  if (format.back().directive != 'z')
    for (const auto& part : format)
      if (part.directive == 'z')
        return invalid_config(fmt::format("the date format \"{}\" must end with its offset (%z)", text));
  return format;
}

std::optional<CivilReading> read_date(const DateFormat& format, std::string_view text) {
  Reader reader(text);
  for (const auto& part : format)
    if (!reader.take(part)) return std::nullopt;
  return reader.finish();
}

}  // namespace sentinel::map_transform
