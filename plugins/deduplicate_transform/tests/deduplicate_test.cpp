// The deduplicate transform: which record of a group passes, and that the result depends on the batch alone.
#include "deduplicate_transform/deduplicate.hpp"
#include "transform_probe.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace sentinel::deduplicate_transform {
namespace {

Host no_host(nullptr);
const Schema kFields{int64("id").key(), utf8("ref"), int64("changed")};
using Rows = std::vector<std::int64_t>;
using Text = std::optional<std::string>;
using Number = std::optional<std::int64_t>;
using Records = std::vector<std::pair<Text, Number>>;

Options by_ref(Keep keep) {
  Options options;
  options.by = {"ref"};
  options.keep = keep;
  if (keep == Keep::kNewest) options.newest_by = "changed";
  return options;
}

struct Outcome {
  Rows passed;
  std::map<std::int64_t, std::string> filtered;
};

Outcome deduplicated(Deduplicate& transform, const Records& records) {
  BatchBuilder builder(kFields);
  for (std::size_t i = 0; i < records.size(); ++i)
    builder.append(static_cast<std::int64_t>(i + 100), records[i].first, records[i].second);
  static std::map<std::int64_t, std::string> filtered;
  filtered.clear();
  probe::Reported reported;
  reported.request.filter = [](void*, std::int64_t row, sentinel_text reason) noexcept {
    EXPECT_TRUE(filtered.emplace(row, from_text(reason)).second);
  };
  const auto applied = reported.apply(transform, builder.finish());
  Outcome outcome;
  for (std::int64_t row = 0; row < applied.batch.rows(); ++row)
    outcome.passed.push_back(applied.batch.view(kFields).column(0).int64(row) - 100);
  outcome.filtered = filtered;
  return outcome;
}

Outcome deduplicated(const Options& options, const Records& records) {
  std::unique_ptr<Deduplicate> transform;
  probe::bind_opened(Deduplicate::open(options, no_host), kFields, transform);
  return deduplicated(*transform, records);
}

TEST(Deduplicate, KeepsOneOfEachGroupAndNamesIt) {
  const Records records = {{"A", 2}, {"B", 1}, {"A", 3}, {std::nullopt, 1}, {"A", 3}, {std::nullopt, 1}, {"A", {}}};
  EXPECT_EQ(deduplicated(by_ref(Keep::kFirst), records).passed, (Rows{0, 1, 3, 5}));
  EXPECT_EQ(deduplicated(by_ref(Keep::kLast), records).passed, (Rows{1, 3, 5, 6}));
  const auto newest = deduplicated(by_ref(Keep::kNewest), records);
  EXPECT_EQ(newest.passed, (Rows{1, 2, 3, 5})) << "the first of the equally new ones; nulls pass";
  EXPECT_EQ(newest.filtered.at(0), "has the same ref as the record that passes: id 102");
  EXPECT_EQ(newest.filtered.size(), 3u);
}

TEST(Deduplicate, ComparesValueByValue) {
  const Schema in{utf8("a"), utf8("b")};
  Options options;
  options.by = {"a", "b"};
  std::unique_ptr<Deduplicate> transform;
  probe::bind_opened(Deduplicate::open(options, no_host), in, transform);
  BatchBuilder builder(in);
  builder.append("x", "1:yz");
  builder.append("x1:y", "z");
  builder.append("X", "1:yz");
  probe::Reported reported;
  EXPECT_EQ(reported.apply(*transform, builder.finish()).batch.rows(), 3) << "case counts, and so do boundaries";
}

// A page is read again after a crash, and evaluated again by replay and verify.
TEST(Deduplicate, AnswersTheSameForTheSameBatchWhateverCameBefore) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto batch = [&] {
    Records records;
    for (auto i = random() % 60; i > 0; --i)
      records.emplace_back(std::string(1, static_cast<char>('a' + random() % 8)),
                           static_cast<std::int64_t>(random() % 5));
    return records;
  };
  for (const auto keep : {Keep::kFirst, Keep::kLast, Keep::kNewest}) {
    std::unique_ptr<Deduplicate> used;
    probe::bind_opened(Deduplicate::open(by_ref(keep), no_host), kFields, used);
    for (int i = 0; i < 20; ++i) {
      const auto records = batch();
      const auto fresh = deduplicated(by_ref(keep), records), again = deduplicated(*used, records);
      EXPECT_EQ(again.passed, fresh.passed);
      EXPECT_EQ(again.filtered, fresh.filtered);
      EXPECT_EQ(fresh.passed.size() + fresh.filtered.size(), records.size());
    }
  }
}

TEST(Deduplicate, RefusesWhatCannotBeMeant) {
  const Schema in{utf8("ref"), float64("ratio")};
  const auto refusal = [&](std::vector<std::string> by, Keep keep, std::string newest_by) {
    return probe::refusal(Deduplicate::open({std::move(by), keep, std::move(newest_by)}, no_host), in).option_path();
  };
  EXPECT_EQ(refusal({}, Keep::kFirst, ""), "by");
  EXPECT_EQ(refusal({"ref", "ref"}, Keep::kFirst, ""), "by");
  EXPECT_EQ(refusal({"ref", "reff"}, Keep::kFirst, ""), "by.1");
  EXPECT_EQ(refusal({"ratio"}, Keep::kFirst, ""), "by.0");
  EXPECT_EQ(refusal({"ref"}, Keep::kNewest, ""), "keep");
  EXPECT_EQ(refusal({"ref"}, Keep::kLast, "ref"), "newest_by");
  EXPECT_EQ(refusal({"ref"}, Keep::kNewest, "changed"), "newest_by");
  EXPECT_EQ(refusal({"ref"}, Keep::kNewest, "ref"), "newest_by");
}

}  // namespace
}  // namespace sentinel::deduplicate_transform
