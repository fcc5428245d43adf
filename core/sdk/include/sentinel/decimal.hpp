// Exact decimal numbers: a 128-bit integer and the place of the point. Amounts never pass through a double.
#pragma once

#include <sentinel/status.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace sentinel {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

// The decimal digits of a 128-bit integer, with a leading '-' if negative.
inline std::string to_string(int128 value) {
  auto rest = value < 0 ? ~static_cast<uint128>(value) + 1 : static_cast<uint128>(value);
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  if (value < 0) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

// value = unscaled / 10^scale. Precision is at most 38 digits, as in Arrow's decimal128.
struct Decimal {
  int128 unscaled = 0;
  int scale = 0;

  // Parses [+-]digits[.digits] and nothing else: no spaces, no exponent, no separators. The scale is the number of
  // digits after the point. Errors: kInvalidData.
  static Result<Decimal> parse(std::string_view text) {
    const auto refuse = [&] {
      return invalid_data("\"" + std::string(text.substr(0, 64)) + "\" is not a decimal number");
    };
    auto rest = text;
    bool negative = false;
    if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
      negative = rest.front() == '-';
      rest.remove_prefix(1);
    }
    Decimal result;
    int digits = 0, significant = 0;
    bool point = false;
    for (const char c : rest) {
      if (c == '.' && !point) {
        point = true;
        continue;
      }
      if (c < '0' || c > '9') return refuse();
      ++digits;
      if (significant > 0 || c != '0') ++significant;
      if (significant > 38) return refuse();
      result.unscaled = result.unscaled * 10 + (c - '0');
      if (point) ++result.scale;
    }
    if (digits == 0 || result.scale > 38) return refuse();
    if (negative) result.unscaled = -result.unscaled;
    return result;
  }

  // As an SQL server prints it: "-12.50" at scale 2, "7" at scale 0.
  std::string to_string() const {
    auto digits = sentinel::to_string(unscaled < 0 ? -unscaled : unscaled);
    if (scale > 0) {
      if (digits.size() <= static_cast<std::size_t>(scale))
        digits.insert(0, static_cast<std::size_t>(scale) + 1 - digits.size(), '0');
      digits.insert(digits.size() - static_cast<std::size_t>(scale), 1, '.');
    }
    if (unscaled < 0) digits.insert(0, 1, '-');
    return digits;
  }

  // The same number with `wanted` digits after the point. Errors: kInvalidData if a digit other than 0 would be lost
  // or 38 digits do not hold it.
  Result<Decimal> rescaled(int wanted) const {
    Decimal result = *this;
    for (; result.scale > wanted; --result.scale) {
      if (result.unscaled % 10 != 0)
        return invalid_data(to_string() + " has more than " + std::to_string(wanted) + " decimal places");
      result.unscaled /= 10;
    }
    constexpr auto kLimit = static_cast<int128>(1000000000000000000) * 1000000000000000000 * 10;  // 10^37
    for (; result.scale < wanted; ++result.scale) {
      if (result.unscaled >= kLimit || result.unscaled <= -kLimit)
        return invalid_data(to_string() + " does not fit 38 digits");
      result.unscaled *= 10;
    }
    return result;
  }

  // True if at most `precision` digits are needed at this scale.
  bool fits(int precision) const {
    auto rest = unscaled < 0 ? -unscaled : unscaled;
    for (; precision > 0 && rest != 0; --precision) rest /= 10;
    return rest == 0;
  }

  friend bool operator==(const Decimal&, const Decimal&) = default;  // 1.0 and 1.00 differ: compare at one scale
};

}  // namespace sentinel
