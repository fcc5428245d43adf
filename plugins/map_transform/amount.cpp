// Parses amounts digit by digit; whatever the rules do not declare is rejected with a reason.
#include "map_transform/amount.hpp"

#include "map_transform/text.hpp"

#include <fmt/format.h>

#include <sentinel/decimal.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <string>

namespace sentinel::map_transform {
namespace {

// Space, no-break space, thin space, narrow no-break space: all of them occur between groups of digits.
constexpr std::array<std::string_view, 4> kSpaces = {" ", "\xC2\xA0", "\xE2\x80\x89", "\xE2\x80\xAF"};
constexpr std::string_view kMinusSign = "\xE2\x88\x92";  // U+2212

Status refuse(const char* native_code, std::string why) {
  return invalid_data(std::move(why)).native("map", native_code);
}

constexpr char character(DecimalPoint point) { return point == DecimalPoint::kPoint ? '.' : ','; }

// How many bytes of a space `text` starts with; 0 for none.
std::size_t space_at_front(std::string_view text) {
  for (const auto space : kSpaces)
    if (text.starts_with(space)) return space.size();
  return 0;
}

std::size_t separator_at_front(std::string_view text, Thousands thousands) {
  switch (thousands) {
    case Thousands::kNone: return 0;
    case Thousands::kComma: return text.starts_with(',') ? 1 : 0;
    case Thousands::kPoint: return text.starts_with('.') ? 1 : 0;
    case Thousands::kSpace: return space_at_front(text);
  }
  return 0;
}

// Why the character at the front of `rest` is not allowed in an amount.
Status refuse_character(std::string_view rest) {
  const char c = rest.front();
  if (c == '.' || c == ',')
    return refuse("ambiguous_amount", fmt::format("the amount holds a \"{}\" that is neither the declared decimal "
                                                  "point nor the declared thousands separator; declare it under amount",
                                                  c));
  if (space_at_front(rest) > 0)
    return refuse("ambiguous_amount",
                  "the amount holds a space between its digits; declare thousands: \" \" under amount");
  if (c == '(' || c == ')') return refuse("bad_amount", "the amount is in parentheses, which are not read as a sign");
  if (c == 'e' || c == 'E') return refuse("bad_amount", "the amount is in exponent notation");
  if (c == 'k' || c == 'K' || c == 'm' || c == 'M') return refuse("bad_amount", "the amount is abbreviated (k, m)");
  if (rest.starts_with("\xEF\xBC") && rest.size() > 2 && rest[2] >= '\x90' && rest[2] <= '\x99')
    return refuse("bad_amount", "the amount is written in full-width digits");
  return refuse("bad_amount",
                "the amount holds a character that is not a digit, separator or declared currency symbol");
}

// The signed body of an amount without symbol and outer spaces.
struct Body {
  std::string_view digits;
  bool is_negative = false;
};

bool take_sign(std::string_view& rest) {
  if (rest.starts_with('-')) return rest.remove_prefix(1), true;
  if (rest.starts_with(kMinusSign)) return rest.remove_prefix(kMinusSign.size()), true;
  return false;
}

// The longest declared symbol at that end, so that NGN is not read as N.
std::size_t symbol_at(std::string_view text, const std::vector<std::string>& symbols, bool at_front) {
  std::size_t longest = 0;
  for (const auto& symbol : symbols)
    if (at_front ? text.starts_with(symbol) : text.ends_with(symbol)) longest = std::max(longest, symbol.size());
  return longest;
}

void drop_spaces(std::string_view& text, bool at_front) {
  for (bool found = true; found;) {
    found = false;
    for (const auto space : kSpaces) {
      if (at_front ? !text.starts_with(space) : !text.ends_with(space)) continue;
      at_front ? text.remove_prefix(space.size()) : text.remove_suffix(space.size());
      found = true;
    }
  }
}

Result<Body> unwrap(std::string_view text, const AmountOptions& rules) {
  Body body;
  auto rest = trimmed(text);
  body.is_negative = take_sign(rest);
  const auto front = symbol_at(rest, rules.currency_symbols, true);
  rest.remove_prefix(front);
  if (front > 0) drop_spaces(rest, true);
  if (!body.is_negative) body.is_negative = take_sign(rest);
  const auto back = symbol_at(rest, rules.currency_symbols, false);
  if (front > 0 && back > 0) return refuse("bad_amount", "the amount has a currency symbol at both ends");
  rest.remove_suffix(back);
  if (back > 0) drop_spaces(rest, false);
  if (rest.empty()) return refuse("bad_amount", "the amount has no digits");
  if (body.is_negative && !rules.allow_negative)
    return refuse("negative_amount", "the amount is negative; set allow_negative under amount if that is expected");
  body.digits = rest;
  return body;
}

// Collects digits and remembers how they were grouped.
class Digits {
 public:
  explicit Digits(const AmountOptions& rules) : rules_(rules), decimals_(rules.decimals.value_or(rules.exponent)) {}

  Status digit(char c) {
    if (has_point_) {
      if (++behind_ > decimals_ || (behind_ > rules_.exponent && c != '0')) return too_many_decimals();
      if (behind_ > rules_.exponent) return {};
    } else {
      if (whole_ == 0) starts_with_zero_ = c == '0';
      ++whole_;
      ++group_;
    }
    return push(c - '0');
  }
  Status separator() {
    if (has_point_) return refuse("bad_amount", "the amount has a thousands separator after its decimal point");
    if (is_grouped_ ? group_ != 3 : group_ < 1 || group_ > 3 || starts_with_zero_) return bad_groups();
    is_grouped_ = true;
    group_ = 0;
    return {};
  }
  Status point() {
    if (has_point_) return refuse("bad_amount", "the amount has two decimal points");
    has_point_ = true;
    return check_whole();
  }
  Result<std::int64_t> finish(bool is_negative) {
    if (!has_point_) SENTINEL_TRY(check_whole());
    if (has_point_ && behind_ == 0) return refuse("bad_amount", "the amount has no digit after its decimal point");
    for (auto place = behind_; place < rules_.exponent; ++place) SENTINEL_TRY(push(0));
    const auto value = is_negative ? -value_ : value_;
    if (value > std::numeric_limits<std::int64_t>::max()) return out_of_range();
    return static_cast<std::int64_t>(value);
  }

 private:
  static Status out_of_range() { return refuse("out_of_range", "the amount in minor units does not fit 64 bits"); }
  static Status bad_groups() {
    return refuse("bad_amount", "the thousands separators of the amount do not separate groups of three digits");
  }
  Status too_many_decimals() const {
    return refuse("too_many_decimals",
                  fmt::format("the amount has more decimal places than its rules allow (exponent {}, decimals {})",
                              rules_.exponent, decimals_));
  }
  Status push(int digit) {
    value_ = value_ * 10 + digit;
    return value_ > kLimit ? out_of_range() : Status();
  }
  Status check_whole() const {
    if (whole_ == 0) return refuse("bad_amount", "the amount has no digit before its decimal point");
    return is_grouped_ && group_ != 3 ? bad_groups() : Status();
  }
  static constexpr int128 kLimit = static_cast<int128>(std::numeric_limits<std::int64_t>::max()) + 1;  // of negatives

  const AmountOptions& rules_;
  std::int64_t decimals_;
  int128 value_ = 0;
  std::int64_t whole_ = 0, group_ = 0, behind_ = 0;
  bool has_point_ = false, is_grouped_ = false, starts_with_zero_ = false;
};

}  // namespace

Status check_amount(const AmountOptions& rules) {
  const bool same = rules.decimal_point == DecimalPoint::kPoint ? rules.thousands == Thousands::kPoint
                                                                : rules.thousands == Thousands::kComma;
  if (same)
    return invalid_config(fmt::format("\"{}\" cannot be both the decimal point and the thousands separator; declare "
                                      "the other one as decimal_point",
                                      character(rules.decimal_point)))
        .at_option("thousands");
  for (std::size_t i = 0; i < rules.currency_symbols.size(); ++i) {
    const auto& symbol = rules.currency_symbols[i];
    const auto path = "currency_symbols." + std::to_string(i);
    if (trimmed(symbol).empty()) return invalid_config("a currency symbol is empty").at_option(path);
    if (symbol.find_first_of("0123456789.,- ") != std::string::npos)
      return invalid_config(fmt::format("the currency symbol \"{}\" holds a digit, separator, sign or space", symbol))
          .at_option(path);
  }
  return {};
}

Result<std::int64_t> parse_amount(std::string_view text, const AmountOptions& rules) {
  SENTINEL_ASSIGN(const auto body, unwrap(text, rules));
  Digits digits(rules);
  for (auto rest = body.digits; !rest.empty();) {
    const char c = rest.front();
    std::size_t size = 1;
    if (c >= '0' && c <= '9') {
      SENTINEL_TRY(digits.digit(c));
    } else if (c == character(rules.decimal_point)) {
      SENTINEL_TRY(digits.point());
    } else if ((size = separator_at_front(rest, rules.thousands)) > 0) {
      SENTINEL_TRY(digits.separator());
    } else {
      return refuse_character(rest);
    }
    rest.remove_prefix(size);
  }
  return digits.finish(body.is_negative);
}

}  // namespace sentinel::map_transform
