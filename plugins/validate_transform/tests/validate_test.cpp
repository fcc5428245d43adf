// The validate transform over batches: each rule at its edges, rejects that keep the value to themselves, and untouched
// batches.
#include "validate_transform/validate.hpp"
#include "transform_probe.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

namespace sentinel::validate_transform {
namespace {

Host no_host(nullptr);

struct Bound {
  std::unique_ptr<Validate> validate;
  Schema out;
  probe::Reported reported;

  Applied apply(Batch batch) { return reported.apply(*validate, std::move(batch)); }
};

Bound bind(Ordered<RuleOptions> rules, const Schema& in) {
  Bound bound;
  bound.out = probe::bind_opened(Validate::open({std::move(rules)}, no_host), in, bound.validate);
  return bound;
}

Status refused(Ordered<RuleOptions> rules, const Schema& in) {
  return probe::refusal(Validate::open({std::move(rules)}, no_host), in);
}

// The reject's native code for one value under one rule; "" if it passes.
template <class Value>
std::string verdict(const RuleOptions& rule, Field field, const Value& value) {
  const Schema in{std::move(field)};
  auto bound = bind({{in[0].name, rule}}, in);
  BatchBuilder builder(in);
  builder.append(value);
  const auto applied = bound.apply(builder.finish());
  if (applied.batch.rows() == 1) return "";
  EXPECT_EQ(bound.reported.rejected.size(), 1u);
  EXPECT_EQ(bound.reported.rejected[0].domain(), "validate");
  EXPECT_EQ(bound.reported.rejected[0].code(), Code::kInvalidData);
  return bound.reported.rejected[0].native_code();
}

TEST(Validate, ABatchWithoutRejectsPassesUntouched) {
  const Schema in{utf8("email"), int64("amount_kobo")};
  RuleOptions email, amount;
  email.type = Format::kEmail;
  amount.min = 1;
  auto bound = bind({{"email", email}, {"amount_kobo", amount}}, in);
  EXPECT_EQ(bound.out, in);
  BatchBuilder builder(in);
  builder.append("a@b.ng", 1);
  builder.append(nullptr, nullptr);
  auto batch = builder.finish();
  const auto* values = batch.array().children[0]->buffers[2];
  const auto applied = bound.apply(std::move(batch));
  EXPECT_TRUE(applied.origin.empty());
  EXPECT_EQ(applied.batch.array().children[0]->buffers[2], values);
}

TEST(Validate, RejectsTheBadRowsOnlyAndKeepsTheirValuesToItself) {
  const Schema in{utf8("email"), money("amount_kobo", "NGN", 2)};
  RuleOptions email, amount;
  email.type = Format::kEmail;
  amount.min = 100;
  amount.max = 5000;
  auto bound = bind({{"email", email}, {"amount_kobo", amount}}, in);
  BatchBuilder builder(in);
  builder.append("a@b.ng", 100);
  builder.append("secret", 77);
  builder.append("c@d.ng", 98765);
  builder.append("", 5000);
  builder.append("e@f.ng", 5000);
  const auto applied = bound.apply(builder.finish());
  EXPECT_EQ(applied.origin, (std::vector<std::int64_t>{0, 4}));
  ASSERT_EQ(applied.batch.rows(), 2);
  EXPECT_EQ(applied.batch.view(in).column(0).text(1), "e@f.ng");
  EXPECT_EQ(applied.batch.view(in).column(1).int64(1), 5000);
  ASSERT_EQ(bound.reported.rejected.size(), 3u);
  EXPECT_EQ(bound.reported.rejected[1].message(),
            "field \"email\" is not an e-mail address: it has no @; 1 more rule is broken");
  EXPECT_EQ(bound.reported.rejected[1].native_code(), "bad_email");
  EXPECT_EQ(bound.reported.rejected[2].message(), "field \"amount_kobo\" is more than 5000 minor units");
  EXPECT_EQ(bound.reported.rejected[2].native_code(), "out_of_range");
  EXPECT_EQ(bound.reported.rejected[3].message(), "field \"email\" is not an e-mail address: it is empty");
}

TEST(Validate, RequiredRejectsNullAndEmpty) {
  RuleOptions rule;
  rule.required = true;
  EXPECT_EQ(verdict(rule, utf8("t"), nullptr), "required");
  EXPECT_EQ(verdict(rule, utf8("t"), ""), "required");
  EXPECT_EQ(verdict(rule, utf8("t"), " "), "");
  EXPECT_EQ(verdict(rule, int64("n"), nullptr), "required");
  EXPECT_EQ(verdict(rule, int64("n"), 0), "");
  EXPECT_EQ(verdict(rule, boolean("b"), false), "");
  EXPECT_FALSE(bind({{"t", rule}}, Schema{utf8("t")}).out[0].is_nullable);
}

TEST(Validate, RangesOfIntegersHoldAtTheEdges) {
  RuleOptions rule;
  rule.min = -2;
  rule.max = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(verdict(rule, int64("n"), -2), "");
  EXPECT_EQ(verdict(rule, int64("n"), -3), "out_of_range");
  EXPECT_EQ(verdict(rule, int64("n"), std::numeric_limits<std::int64_t>::max()), "");
  EXPECT_EQ(verdict(rule, int64("n"), std::numeric_limits<std::int64_t>::min()), "out_of_range");
}

TEST(Validate, RangesOfDecimalsCompareExactly) {
  RuleOptions rule;
  rule.min = -1;
  rule.max = 1;
  const auto at = [&](const char* text) {
    const auto number = Decimal::parse(text)->rescaled(20);
    return verdict(rule, decimal("d", 38, 20), *number);
  };
  EXPECT_EQ(at("1.00000000000000000000"), "");
  EXPECT_EQ(at("1.00000000000000000001"), "out_of_range");
  EXPECT_EQ(at("0.99999999999999999999"), "");
  EXPECT_EQ(at("-1"), "");
  EXPECT_EQ(at("-1.00000000000000000001"), "out_of_range");
  EXPECT_EQ(at("-0.5"), "");
  rule.max = std::numeric_limits<std::int64_t>::max();
  int128 largest = 1;
  for (int i = 0; i < 38; ++i) largest *= 10;
  EXPECT_EQ(verdict(rule, decimal("d", 38, 38), Decimal{largest - 1, 38}), "");
  EXPECT_EQ(verdict(rule, decimal("d", 38, 0), Decimal{largest - 1, 0}), "out_of_range");
}

TEST(Validate, LengthsCountCharactersNotBytes) {
  RuleOptions rule;
  rule.min_length = 3;
  rule.max_length = 4;
  EXPECT_EQ(verdict(rule, utf8("t"), "₦₦"), "too_short");
  EXPECT_EQ(verdict(rule, utf8("t"), "₦₦₦"), "");
  EXPECT_EQ(verdict(rule, utf8("t"), "😀ẹọṣ"), "");
  EXPECT_EQ(verdict(rule, utf8("t"), "abcde"), "too_long");
  EXPECT_EQ(verdict(rule, utf8("t"), nullptr), "");
}

TEST(Validate, PatternsMatchTheWholeText) {
  RuleOptions rule;
  rule.pattern = "INV-[0-9]+|₦.";
  EXPECT_EQ(verdict(rule, utf8("t"), "INV-17"), "");
  EXPECT_EQ(verdict(rule, utf8("t"), "xINV-17"), "no_match");
  EXPECT_EQ(verdict(rule, utf8("t"), "INV-17 "), "no_match");
  EXPECT_EQ(verdict(rule, utf8("t"), "INV-17\n"), "no_match");
  EXPECT_EQ(verdict(rule, utf8("t"), "₦é"), "");
  EXPECT_EQ(verdict(rule, utf8("t"), ""), "no_match");
}

// A backtracking engine needs 2^30 steps for this, or blows the stack on the long one.
TEST(Validate, APatternCannotHangARun) {
  RuleOptions rule;
  rule.pattern = "(a+)+b";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(verdict(rule, utf8("t"), std::string(30, 'a')), "no_match");
  EXPECT_EQ(verdict(rule, utf8("t"), std::string(1 << 20, 'a') + "b"), "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(Validate, OneOfTakesTextsAndIntegers) {
  RuleOptions rule;
  rule.one_of = {"NGN", "7"};
  EXPECT_EQ(verdict(rule, utf8("t"), "NGN"), "");
  EXPECT_EQ(verdict(rule, utf8("t"), "ngn"), "not_allowed");
  EXPECT_EQ(verdict(rule, int64("n"), 7), "");
  EXPECT_EQ(verdict(rule, int64("n"), 8), "not_allowed");
}

TEST(Validate, CountsTheOtherBrokenRules) {
  const Schema in{utf8("t")};
  RuleOptions rule;
  rule.max_length = 1;
  rule.pattern = "[a-z]*";
  rule.one_of = {"x"};
  auto bound = bind({{"t", rule}}, in);
  BatchBuilder builder(in);
  builder.append("A-VALUE");
  bound.apply(builder.finish());
  EXPECT_EQ(bound.reported.rejected[0].message(), "field \"t\" has more than 1 characters; 2 more rules are broken");
}

TEST(Validate, RefusesRulesThatDoNotSuitTheFields) {
  const Schema in{utf8("email"), int64("n"), float64("f")};
  const auto path = [&](const char* field, RuleOptions rule) {
    const auto status = refused({{field, std::move(rule)}}, in);
    EXPECT_EQ(status.code(), Code::kInvalidConfig);
    return status.option_path();
  };
  RuleOptions rule;
  rule.min = 1;
  EXPECT_EQ(path("email", rule), "rules.email.min");
  EXPECT_EQ(path("f", rule), "rules.f.min");
  rule = {};
  rule.max = 1;
  EXPECT_EQ(path("email", rule), "rules.email.max");
  rule = {};
  rule.type = Format::kEmail;
  EXPECT_EQ(path("n", rule), "rules.n.type");
  rule = {};
  rule.pattern = "(";
  EXPECT_EQ(path("email", rule), "rules.email.pattern");
  rule.pattern = "a";
  EXPECT_EQ(path("n", rule), "rules.n.pattern");
  rule = {};
  rule.min = 2;
  rule.max = 1;
  EXPECT_EQ(path("n", rule), "rules.n.min");
  const auto unknown = refused({{"emial", RuleOptions{}}}, in);
  EXPECT_EQ(unknown.option_path(), "rules.emial");
  EXPECT_EQ(unknown.message(), "the input has no field \"emial\"; did you mean \"email\"? it has: email, n, f");
}

// A struct offset, offsets of the children, no validity buffer, and an unknown null count.
TEST(Validate, ReadsArraysOfEveryLegalShape) {
  const Schema in{utf8("t"), int64("n")};
  RuleOptions digits, range;
  digits.pattern = "[0-9]+";
  digits.required = true;
  range.max = 14;
  for (const bool with_nulls : {false, true})
    for (const std::int64_t struct_offset : {0, 1, 9})
      for (const std::int64_t child_offset : {0, 3}) {
        const auto skipped = struct_offset + child_offset;
        BatchBuilder builder(in);
        for (std::int64_t row = 0; row < skipped; ++row) builder.append("junk", 1000);
        for (std::int64_t row = 0; row < 20; ++row) {
          if (with_nulls && row % 3 == 0)
            builder.append(nullptr, nullptr);
          else
            builder.append(std::to_string(row), row);
        }
        auto bound = bind({{"t", digits}, {"n", range}}, in);
        const auto applied = bound.apply(probe::behind_offsets(builder.finish(), 20, struct_offset, child_offset));
        std::vector<std::int64_t> expected;
        for (std::int64_t row = 0; row <= 14; ++row)
          if (!with_nulls || row % 3 != 0) expected.push_back(row);
        ASSERT_EQ(applied.origin, expected);
        const auto view = applied.batch.view(bound.out);
        for (std::int64_t row = 0; row < applied.batch.rows(); ++row) {
          ASSERT_EQ(view.column(0).text(row), std::to_string(expected[static_cast<std::size_t>(row)]));
          ASSERT_EQ(view.column(1).int64(row), expected[static_cast<std::size_t>(row)]);
        }
      }
}

TEST(Validate, TellsTheHostThatAWordStandsForTheType) {
  const auto* rules = kOptions.c_table()->options[0];
  EXPECT_EQ(rules->type, SENTINEL_TYPE_MAP);
  EXPECT_EQ(rules->element_type, SENTINEL_TYPE_OBJECT);
  const auto* type = rules->table->options[0];
  EXPECT_STREQ(type->name, "type");
  EXPECT_EQ(type->flags, static_cast<std::uint32_t>(SENTINEL_OPTION_SHORTHAND));
  EXPECT_STREQ(type->choices[static_cast<int>(Format::kEmail)], "email");
}

TEST(Validate, ABatchWhoseRowsAreAllBadIsEmpty) {
  const Schema in{int64("n")};
  RuleOptions rule;
  rule.min = 1;
  auto bound = bind({{"n", rule}}, in);
  BatchBuilder builder(in);
  builder.append(0);
  const auto applied = bound.apply(builder.finish());
  EXPECT_TRUE(applied.batch.has_array());
  EXPECT_EQ(applied.batch.rows(), 0);
  EXPECT_EQ(bound.reported.rejected.size(), 1u);
}

}  // namespace
}  // namespace sentinel::validate_transform
