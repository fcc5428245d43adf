// Parses digit by digit; each error says what to write instead.
#include "engine/config/yaml/scalar.hpp"

#include "engine/config/yaml/problems.hpp"

#include <sentinel/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace sentinel::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

std::string without(std::string_view text, std::string_view unwanted) {
  std::string out;
  for (const char c : text)
    if (unwanted.find(c) == std::string_view::npos) out += c;
  return out;
}

Status refused(std::string_view wanted, std::string_view text) {
  return invalid_config("must be " + std::string(wanted) +
                        (text.empty() ? ", but is empty" : ", not " + in_quotes(text)));
}
Status rewrite(std::string_view wanted, std::string_view text, const std::string& better) {
  return invalid_config("must be " + std::string(wanted) + ": write " + better + " instead of " + std::string(text));
}

bool has_leading_zero(std::string_view digits) { return digits.size() > 1 && digits[0] == '0' && is_digit(digits[1]); }
std::string without_leading_zeros(std::string_view digits) {
  const auto first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  // 00.5 keeps the zero before its point.
  return std::string(digits.substr(is_digit(digits[first]) ? first : first - 1));
}

template <class T>
bool reads_whole(std::string_view digits, T& out, int base) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out, base);
  return error == std::errc{} && end == digits.data() + digits.size();
}

// `count` of a unit, in the smallest one.
Result<std::int64_t> scaled(std::string_view digits, std::int64_t unit, std::string_view wanted,
                            std::string_view text) {
  std::int64_t count = 0;
  std::int64_t product = 0;
  if (!reads_whole(digits, count, 10) || __builtin_mul_overflow(count, unit, &product))
    return invalid_config("is too large: " + in_quotes(text));
  if (has_leading_zero(digits))
    return rewrite(wanted, text, without_leading_zeros(digits) + std::string(text.substr(digits.size())));
  return product;
}

std::pair<std::string_view, std::string_view> split_unit(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  auto unit = text.substr(digits);
  return {text.substr(0, digits), unit};
}

// The unit that is meant by another spelling; empty: none.
template <std::size_t N>
std::string meant_unit(std::string_view unit, const std::array<std::pair<const char*, const char*>, N>& spellings) {
  const auto word = without(lower_cased(unit), " ");
  for (const auto& [spelling, meant] : spellings)
    if (word == spelling) return meant;
  return {};
}

constexpr std::array<std::pair<const char*, std::int64_t>, 5> kDurations{
    {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}}};
constexpr std::array<std::pair<const char*, const char*>, 20> kDurationSpellings{
    {{"ms", "ms"},  {"msec", "ms"},  {"millis", "ms"}, {"s", "s"},   {"sec", "s"},
     {"secs", "s"}, {"second", "s"}, {"seconds", "s"}, {"m", "m"},   {"min", "m"},
     {"mins", "m"}, {"minute", "m"}, {"minutes", "m"}, {"h", "h"},   {"hr", "h"},
     {"hour", "h"}, {"hours", "h"},  {"d", "d"},       {"day", "d"}, {"days", "d"}}};

constexpr std::int64_t kKilo = 1000, kKibi = 1024;
constexpr std::array<std::pair<const char*, std::int64_t>, 11> kSizes{{{"", 1},
                                                                       {"B", 1},
                                                                       {"kB", kKilo},
                                                                       {"KB", kKilo},
                                                                       {"MB", kKilo* kKilo},
                                                                       {"GB", kKilo* kKilo* kKilo},
                                                                       {"TB", kKilo* kKilo* kKilo* kKilo},
                                                                       {"KiB", kKibi},
                                                                       {"MiB", kKibi* kKibi},
                                                                       {"GiB", kKibi* kKibi* kKibi},
                                                                       {"TiB", kKibi* kKibi* kKibi* kKibi}}};
constexpr std::array<std::pair<const char*, const char*>, 15> kSizeSpellings{{{"b", "B"},
                                                                              {"bytes", "B"},
                                                                              {"k", "KiB"},
                                                                              {"kb", "KB"},
                                                                              {"kib", "KiB"},
                                                                              {"m", "MiB"},
                                                                              {"mb", "MB"},
                                                                              {"mib", "MiB"},
                                                                              {"g", "GiB"},
                                                                              {"gb", "GB"},
                                                                              {"gib", "GiB"},
                                                                              {"t", "TiB"},
                                                                              {"tb", "TB"},
                                                                              {"tib", "TiB"},
                                                                              {"byte", "B"}}};

}  // namespace

Result<std::int64_t> parse_integer(std::string_view text) {
  constexpr std::string_view kWanted = "an integer";
  const bool is_signed = !text.empty() && (text[0] == '+' || text[0] == '-');
  const auto digits = text.substr(is_signed ? 1 : 0);
  const auto sign = std::string(is_signed && text[0] == '-' ? "-" : "");
  if (!all_digits(digits)) {
    std::uint64_t hex = 0;
    if (digits.starts_with("0x") && reads_whole(digits.substr(2), hex, 16))
      return rewrite(kWanted, text, sign + std::to_string(hex));
    const auto plain = without(digits, "_, ");
    if (all_digits(plain) && is_digit(digits[0])) return rewrite(kWanted, text, sign + without_leading_zeros(plain));
    return refused(kWanted, text);
  }
  if (has_leading_zero(digits)) return rewrite(kWanted, text, sign + without_leading_zeros(digits));
  std::int64_t value = 0;
  if (!reads_whole(sign + std::string(digits), value, 10)) return invalid_config("is too large: " + in_quotes(text));
  return value;
}

Result<double> parse_number(std::string_view text) {
  constexpr std::string_view kWanted = "a number such as 0.2 or 20%";
  const bool is_percent = text.ends_with('%');
  auto digits = text.substr(0, text.size() - (is_percent ? 1 : 0));
  const bool is_negative = digits.starts_with('-');
  if (is_negative || digits.starts_with('+')) digits.remove_prefix(1);
  const auto point = digits.find('.');
  const auto whole = digits.substr(0, point);
  const bool has_fraction = point != std::string_view::npos;
  if (all_digits(without(digits, ",")) && std::count(digits.begin(), digits.end(), ',') == 1) {
    auto better = std::string(text);
    better[better.find(',')] = '.';
    return rewrite(kWanted, text, better);
  }
  if (!all_digits(whole) || (has_fraction && !all_digits(digits.substr(point + 1)))) return refused(kWanted, text);
  if (has_leading_zero(digits))
    return rewrite(kWanted, text, (is_negative ? "-" : "") + without_leading_zeros(digits) + (is_percent ? "%" : ""));
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size())
    return invalid_config("is too large: " + in_quotes(text));
  if (is_percent) value /= 100;
  return is_negative ? -value : value;
}

Result<bool> parse_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  const auto word = lower_cased(text);
  for (const auto* yes : {"true", "yes", "on", "y", "1"})
    if (word == yes) return rewrite("true or false", text, "true");
  for (const auto* no : {"false", "no", "off", "n", "0"})
    if (word == no) return rewrite("true or false", text, "false");
  return refused("true or false", text);
}

Result<std::int64_t> parse_duration_ms(std::string_view text) {
  constexpr std::string_view kWanted = "a duration such as 200ms, 90s, 15m, 1h or 7d";
  const auto [digits, unit] = split_unit(text);
  if (digits.empty()) return refused(kWanted, text);
  for (const auto& [name, ms] : kDurations)
    if (unit == name) return scaled(digits, ms, kWanted, text);
  if (unit.empty())
    return invalid_config("needs a unit: write " + std::string(text) + "s for seconds or " + std::string(text) +
                          "m for minutes");
  const auto meant = meant_unit(unit, kDurationSpellings);
  return meant.empty() ? refused(kWanted, text) : rewrite(kWanted, text, std::string(digits) + meant);
}

Result<std::int64_t> parse_size_bytes(std::string_view text) {
  constexpr std::string_view kWanted = "a size such as 64KiB, 4MiB or 10MB";
  const auto [digits, unit] = split_unit(text);
  if (digits.empty()) return refused(kWanted, text);
  for (const auto& [name, bytes] : kSizes)
    if (unit == name) return scaled(digits, bytes, kWanted, text);
  const auto meant = meant_unit(unit, kSizeSpellings);
  return meant.empty() ? refused(kWanted, text) : rewrite(kWanted, text, std::string(digits) + meant);
}

}  // namespace sentinel::config
