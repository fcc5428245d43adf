// Amounts as donation sites write them: exact where the rules are declared, refused where they are not.
#include "map_transform/amount.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace sentinel::map_transform {
namespace {

AmountOptions naira() {
  AmountOptions rules;
  rules.thousands = Thousands::kComma;
  rules.currency_symbols = {"₦", "N", "NGN"};
  return rules;
}

std::string code_of(std::string_view text, const AmountOptions& rules = {}) {
  const auto parsed = parse_amount(text, rules);
  if (parsed) return "parsed as " + std::to_string(*parsed);
  EXPECT_EQ(parsed.error().code(), Code::kInvalidData);
  EXPECT_EQ(parsed.error().domain(), "map");
  if (text.size() > 3) {
    EXPECT_EQ(parsed.error().message().find(text), std::string::npos) << "a message holds the value";
  }
  return parsed.error().native_code();
}

std::int64_t kobo(std::string_view text, const AmountOptions& rules) {
  const auto parsed = parse_amount(text, rules);
  EXPECT_TRUE(parsed.has_value()) << text << ": " << (parsed ? "" : parsed.error().message());
  return parsed.value_or(-1);
}

// The amount as the rules write it; the opposite of parse_amount.
std::string written(std::int64_t minor, const AmountOptions& rules) {
  const bool negative = minor < 0;
  auto digits = std::to_string(negative ? 0 - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor));
  const auto exponent = static_cast<std::size_t>(rules.exponent);
  if (digits.size() <= exponent) digits.insert(0, exponent + 1 - digits.size(), '0');
  auto whole = digits.substr(0, digits.size() - exponent);
  const char* separators[] = {"", ",", ".", "\xE2\x80\xAF"};
  for (auto at = whole.size(); at > 3; at -= 3) whole.insert(at - 3, separators[static_cast<int>(rules.thousands)]);
  auto text = (negative ? "-" : "") + (rules.currency_symbols.empty() ? "" : rules.currency_symbols.front()) + whole;
  if (exponent > 0)
    text += (rules.decimal_point == DecimalPoint::kPoint ? "." : ",") + digits.substr(digits.size() - exponent);
  return text;
}

TEST(Amount, ReadsNairaAsPeopleWriteIt) {
  for (const auto* text : {"5000", "5000.0", "5,000.00", "₦5,000", "N5,000", "NGN 5000.00", "5000 NGN", "NGN5,000",
                           " 5000\t", "₦ 5,000.00",
                           "\xC2\xA0"
                           "5000\xE2\x80\x8B",
                           "\xEF\xBB\xBF₦5,000",
                           "₦\xE2\x80\x89"
                           "5,000"})
    EXPECT_EQ(kobo(text, naira()), 500000) << text;
  EXPECT_EQ(kobo("5000.5", naira()), 500050);
  auto longest_first = naira();
  longest_first.currency_symbols = {"NGN", "N"};
  EXPECT_EQ(kobo("NGN 5,000", longest_first), 500000);
  EXPECT_EQ(kobo("N5,000", longest_first), 500000);
  EXPECT_EQ(kobo("1,234,567.89", naira()), 123456789);
  EXPECT_EQ(kobo("0", naira()), 0);
  EXPECT_EQ(kobo("0.01", naira()), 1);
}

TEST(Amount, ReadsTheContinentalWayWhenDeclared) {
  AmountOptions rules;
  rules.decimal_point = DecimalPoint::kComma;
  rules.thousands = Thousands::kPoint;
  EXPECT_EQ(kobo("1.500,00", rules), 150000);
  EXPECT_EQ(kobo("1.500", rules), 150000);
  EXPECT_EQ(kobo("1,5", rules), 150);
  EXPECT_EQ(code_of("1,500.00", rules), "too_many_decimals");
}

TEST(Amount, SpacesGroupOnlyWhenDeclared) {
  AmountOptions rules;
  for (const auto* text : {"5 000",
                           "5\xC2\xA0"
                           "000",
                           "5\xE2\x80\x89"
                           "000",
                           "5\xE2\x80\xAF"
                           "000"}) {
    rules.thousands = Thousands::kNone;
    EXPECT_EQ(code_of(text, rules), "ambiguous_amount");
    rules.thousands = Thousands::kSpace;
    EXPECT_EQ(kobo(text, rules), 500000);
  }
}

TEST(Amount, RefusesWhatIsNotDeclared) {
  EXPECT_EQ(code_of("1,500"), "ambiguous_amount");
  EXPECT_EQ(code_of("1,500.00"), "ambiguous_amount");
  EXPECT_EQ(code_of("1,50"), "ambiguous_amount");
  EXPECT_EQ(code_of("1.500"), "too_many_decimals");
  EXPECT_EQ(code_of("₦500"), "bad_amount");
  EXPECT_EQ(code_of("-5000"), "negative_amount");
  EXPECT_EQ(code_of("NGN 5", {}), "bad_amount");
}

TEST(Amount, RefusesMalformedText) {
  for (const auto* text :
       {"",         "  ",       "₦",    "5k",      "(5,000)",  "1e3",      "５０００", ".50",  "5.",    "5..0",
        "5.0.0",    "+5",       "₦5₦",  "5,00",    "50,00",    "5000,000", "5,0000",   ",500", "0,500", "5,,000",
        "1,500,00", "5.000,00", "five", "5 000 x", "â‚¦5,000", "NaN",      "0x10",     "₦₦5"}) {
    const auto code = code_of(text, naira());
    EXPECT_TRUE(code == "bad_amount" || code == "ambiguous_amount" || code == "too_many_decimals")
        << text << ": " << code;
  }
  EXPECT_EQ(code_of("5k", naira()), "bad_amount");
  EXPECT_EQ(code_of("(5,000)", naira()), "bad_amount");
  EXPECT_EQ(code_of("1e3", naira()), "bad_amount");
  EXPECT_EQ(code_of("５０００", naira()), "bad_amount");
}

TEST(Amount, HoldsToTheExponent) {
  EXPECT_EQ(code_of("0.005"), "too_many_decimals");
  EXPECT_EQ(code_of("0.000"), "too_many_decimals");
  AmountOptions rules;
  rules.decimals = 6;  // how GiveWP stores amounts
  EXPECT_EQ(kobo("1500.250000", rules), 150025);
  EXPECT_EQ(code_of("1500.251000", rules), "too_many_decimals");
  EXPECT_EQ(code_of("1500.2500000", rules), "too_many_decimals");
  rules.decimals = 0;
  EXPECT_EQ(kobo("1500", rules), 150000);
  EXPECT_EQ(code_of("1500.2", rules), "too_many_decimals");
  rules = {};
  rules.exponent = 0;
  EXPECT_EQ(kobo("1500", rules), 1500);
  EXPECT_EQ(code_of("1500.0", rules), "too_many_decimals");
  rules.exponent = 3;
  EXPECT_EQ(kobo("1.5", rules), 1500);
}

TEST(Amount, KeepsTheSignAndTheRange) {
  auto rules = naira();
  rules.allow_negative = true;
  EXPECT_EQ(kobo("-5,000", rules), -500000);
  EXPECT_EQ(kobo("-₦5,000", rules), -500000);
  EXPECT_EQ(code_of("--5", rules), "bad_amount");
  EXPECT_EQ(code_of("-₦-5", rules), "bad_amount");
  EXPECT_EQ(code_of("5-", rules), "bad_amount");
  EXPECT_EQ(kobo("₦-5,000", rules), -500000);
  EXPECT_EQ(kobo("\xE2\x88\x92"
                 "5",
                 rules),
            -500);
  EXPECT_EQ(kobo("92233720368547758.07", rules), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(kobo("-92233720368547758.08", rules), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(code_of("92233720368547758.08", rules), "out_of_range");
  EXPECT_EQ(code_of("-92233720368547758.09", rules), "out_of_range");
  EXPECT_EQ(code_of(std::string(400, '9'), rules), "out_of_range");
}

TEST(Amount, RulesThatContradictThemselvesAreRefused) {
  AmountOptions rules;
  rules.thousands = Thousands::kPoint;
  EXPECT_EQ(check_amount(rules).option_path(), "thousands");
  rules = {};
  rules.currency_symbols = {"₦", "5"};
  EXPECT_EQ(check_amount(rules).option_path(), "currency_symbols.1");
  rules.currency_symbols = {""};
  EXPECT_EQ(check_amount(rules).code(), Code::kInvalidConfig);
  EXPECT_TRUE(check_amount(naira()).ok());
}

// The way through a binary fraction loses a kobo in 65,624 of these; digit by digit none may be lost.
TEST(Amount, EveryAmountUpToTenThousandIsExact) {
  std::int64_t by_float_wrong = 0, wrong = 0;
  for (std::int64_t minor = 0; minor <= 1'000'000; ++minor) {
    char text[16];
    std::snprintf(text, sizeof text, "%lld.%02lld", static_cast<long long>(minor / 100),
                  static_cast<long long>(minor % 100));
    if (parse_amount(text, {}).value_or(-1) != minor) ++wrong;
    if (static_cast<std::int64_t>(std::strtod(text, nullptr) * 100) != minor) ++by_float_wrong;
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(by_float_wrong, 65'624);
}

TEST(Amount, WhatIsWrittenByTheRulesIsReadBack) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 200'000; ++i) {
    AmountOptions rules;
    rules.decimal_point = random() % 2 == 0 ? DecimalPoint::kPoint : DecimalPoint::kComma;
    rules.thousands = static_cast<Thousands>(random() % 4);
    if (!check_amount(rules).ok()) rules.thousands = Thousands::kNone;
    if (random() % 2 == 0) rules.currency_symbols = {"₦", "NGN"};
    rules.exponent = static_cast<std::int64_t>(random() % 5);
    rules.allow_negative = true;
    const auto minor = static_cast<std::int64_t>(random()) >> (random() % 63);
    const auto text = written(minor, rules);
    ASSERT_EQ(parse_amount(text, rules).value_or(minor + 1), minor) << text;
  }
}

// Any bytes: an answer or a refusal, and an accepted text holds exactly the digits of the answer.
TEST(Amount, RandomTextIsNeverReadAsOtherDigits) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::string pieces[] = {"0", "1", "5", "9", "00", "500",      ".",    ",",
                                " ", "-", "₦", "e", "k",  "\xC2\xA0", "\xE2", "("};
  auto rules = naira();
  rules.allow_negative = true;
  int accepted = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string text;
    for (auto n = random() % 7; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const auto parsed = parse_amount(text, rules);
    if (!parsed) continue;
    ++accepted;
    std::string digits, decimals;
    bool point = false;
    for (const char c : text) {
      if (c == '.') point = true;
      if (c >= '0' && c <= '9') (point ? decimals : digits) += c;
    }
    decimals.resize(2, '0');
    ASSERT_EQ(std::abs(*parsed), std::stoll(digits + decimals)) << text;
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace sentinel::map_transform
