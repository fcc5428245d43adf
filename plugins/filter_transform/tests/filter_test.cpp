// The filter transform over batches: each condition at its edges, null, and what is refused.
#include "filter_transform/filter.hpp"
#include "transform_probe.hpp"

#include <gtest/gtest.h>

namespace sentinel::filter_transform {
namespace {

Host no_host(nullptr);

// The rows that pass, of one column with these values under one condition.
template <class Value>
std::vector<std::int64_t> passing(const Options& options, Field field, const std::vector<Value>& values) {
  const Schema in{std::move(field)};
  std::unique_ptr<Filter> filter;
  probe::bind_opened(Filter::open(options, no_host), in, filter);
  BatchBuilder builder(in);
  for (const auto& value : values) builder.append(value);
  probe::Reported reported;
  reported.request.filter = [](void*, std::int64_t, sentinel_text) noexcept {};
  const auto applied = reported.apply(*filter, builder.finish());
  if (!applied.origin.empty() || applied.batch.rows() == 0) return applied.origin;
  std::vector<std::int64_t> all;
  for (std::int64_t row = 0; row < applied.batch.rows(); ++row) all.push_back(row);
  return all;
}

Options keep(ConditionOptions condition) {
  Options options;
  options.keep.emplace_back("f", std::move(condition));
  return options;
}

using Rows = std::vector<std::int64_t>;
using Text = std::optional<std::string>;
using Number = std::optional<std::int64_t>;

TEST(Filter, KeepsWhatMeetsEveryCondition) {
  ConditionOptions is, one_of, range, pattern, null, present;
  is.is = "publish";
  one_of.one_of = {"publish", "private"};
  pattern.pattern = "p.*";
  null.is_null = true;
  present.is_null = false;
  const std::vector<Text> statuses = {"publish", "draft", std::nullopt, "private", ""};
  EXPECT_EQ(passing(keep(is), utf8("f"), statuses), (Rows{0}));
  EXPECT_EQ(passing(keep(one_of), utf8("f"), statuses), (Rows{0, 3}));
  EXPECT_EQ(passing(keep(pattern), utf8("f"), statuses), (Rows{0, 3}));
  EXPECT_EQ(passing(keep(null), utf8("f"), statuses), (Rows{2}));
  EXPECT_EQ(passing(keep(present), utf8("f"), statuses), (Rows{0, 1, 3, 4}));
  range.min = 1;
  range.max = 100;
  EXPECT_EQ(passing(keep(range), int64("f"), std::vector<Number>{0, 1, 100, 101, std::nullopt}), (Rows{1, 2}));
}

TEST(Filter, NumbersCompareExactly) {
  ConditionOptions range;
  range.min = 1;
  range.max = 2;
  EXPECT_EQ(
      passing(keep(range), decimal("f", 38, 2),
              std::vector<std::optional<Decimal>>{Decimal{99, 2}, Decimal{100, 2}, Decimal{200, 2}, Decimal{201, 2}}),
      (Rows{1, 2}));
  ConditionOptions is;
  is.is = "9007199254740993";
  EXPECT_EQ(passing(keep(is), int64("f"), std::vector<Number>{9007199254740992, 9007199254740993}), (Rows{1}));
}

TEST(Filter, DropLeavesOutWhatMeetsAllOfIts) {
  Options options;
  ConditionOptions test;
  test.is = "true";
  options.drop.emplace_back("f", test);
  EXPECT_EQ(passing(options, boolean("f"), std::vector<std::optional<bool>>{true, false, std::nullopt}), (Rows{1, 2}));
}

TEST(Filter, SaysWhatBecomesOfTheRow) {
  ConditionOptions is;
  is.is = "publish";
  for (const auto action : {Departure::kKeep, Departure::kMark, Departure::kDelete}) {
    auto options = keep(is);
    options.on_departure = action;
    const Schema in{utf8("f")};
    std::unique_ptr<Filter> filter;
    const auto out = probe::bind_opened(Filter::open(options, no_host), in, filter);
    EXPECT_EQ(out.marks(), action == Departure::kMark);
    EXPECT_EQ(out.removes(), action == Departure::kDelete);
    BatchBuilder builder(in);
    builder.append("draft");
    static std::vector<std::int32_t> actions;
    actions.clear();
    probe::Reported reported;
    reported.request.filter = [](void*, std::int64_t, sentinel_text) noexcept { actions.push_back(0); };
    reported.request.depart = [](void*, std::int64_t, std::int32_t which, sentinel_text) noexcept {
      actions.push_back(which);
    };
    EXPECT_EQ(reported.apply(*filter, builder.finish()).batch.rows(), 0);
    EXPECT_EQ(actions, std::vector<std::int32_t>{static_cast<std::int32_t>(action)});
  }
}

TEST(Filter, RefusesConditionsThatCannotBeMeant) {
  const Schema in{utf8("f"), int64("n"), timestamp("t"), boolean("b")};
  const auto refusal = [&](const std::string& field, ConditionOptions condition) {
    Options options;
    options.keep.emplace_back(field, std::move(condition));
    const auto status = probe::refusal(Filter::open(options, no_host), in);
    return status.option_path() + ": " + status.message();
  };
  ConditionOptions text, range, pattern, crossed;
  text.is = "many";
  range.min = 1;
  pattern.pattern = "(";
  crossed.min = 2;
  crossed.max = 1;
  EXPECT_EQ(refusal("g", text).substr(0, 7), "keep.g:");
  EXPECT_EQ(refusal("n", text), "keep.n.is: the field \"n\" is a number, never \"many\"");
  EXPECT_EQ(refusal("b", text), "keep.b.is: the field \"b\" is true or false, never \"many\"");
  EXPECT_EQ(refusal("f", range).substr(0, 11), "keep.f.min:");
  EXPECT_EQ(refusal("t", text).substr(0, 10), "keep.t.is:");
  EXPECT_EQ(refusal("f", pattern).substr(0, 15), "keep.f.pattern:");
  EXPECT_EQ(refusal("n", crossed), "keep.n.min: min is larger than max");
  EXPECT_EQ(refusal("f", {}), "keep.f: the condition is empty");
  const auto none = probe::refusal(Filter::open({}, no_host), in);
  EXPECT_EQ(none.option_path(), "keep");
}

}  // namespace
}  // namespace sentinel::filter_transform
