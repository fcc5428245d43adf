// The circuit breaker as whole runs meet it.
#include "engine/exit_code.hpp"
#include "engine/run/run.hpp"
#include "engine/testing/pipeline_test_support.hpp"

#include <algorithm>
#include <random>

namespace sentinel::engine::test {
namespace {

const Parts kRejectR{.transforms = "  - { use: choose, reject: R, filter: F }\n"};

class BreakerRun : public PipelineTest {
 protected:
  RunReport run_it() { return run(load(kRejectR), registry_, services_, state_folder_, {}); }
  // 100 new records, `refused` of them by rule, in an order of chance; pages of chance too.
  void fill_shuffled(int refused, std::mt19937& random) {
    auto records = numbered(100 - refused, "A");
    for (auto& record : numbered(refused, "R")) records.push_back(record);
    std::shuffle(records.begin(), records.end(), random);
    fill(std::move(records));
    shelf().page_rows = 1 + static_cast<std::int64_t>(random() % 100);
  }
  void begin_anew() {
    std::filesystem::remove_all(state_folder_);
    shelf().pile.clear();
  }
};

TEST_F(BreakerRun, TwentyOneOfAHundredOpenItAndTwentyDoNotInAnyOrder) {
  const auto seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int shuffle = 0; shuffle < 10; ++shuffle) {
    for (const int refused : {20, 21}) {
      begin_anew();
      fill_shuffled(refused, random);
      EXPECT_EQ(run_it().exit_code, refused == 20 ? kExitBalanced : kExitBreakerOpen)
          << "shuffle " << shuffle << ", " << refused << " refused";
    }
  }
}

TEST_F(BreakerRun, FilteredRecordsAndKnownLettersDoNotCount) {
  fill(numbered(20, "R"));
  for (auto& record : numbered(80, "A")) shelf().records.push_back(record);
  ASSERT_OK(run_it().fault);
  // The 20 letters are known now; 200 filtered ones would hide 21 of 100, were they counted.
  fill(numbered(20, "R"));
  for (auto& record : numbered(200, "F")) shelf().records.push_back(record);
  for (auto& record : numbered(80, "B")) shelf().records.push_back(record);
  for (auto& record : numbered(20, "RR")) shelf().records.push_back(record);
  RunOptions full{.full = true};
  EXPECT_EQ(run(load(kRejectR), registry_, services_, state_folder_, full).exit_code, kExitBalanced);
  for (auto& record : numbered(79, "C")) shelf().records.push_back(record);
  for (auto& record : numbered(21, "RC")) shelf().records.push_back(record);
  EXPECT_EQ(run_it().exit_code, kExitBreakerOpen);
}

TEST_F(BreakerRun, AnOutageNeverFeedsIt) {
  fill(numbered(100));
  for (int i = 0; i < 50; ++i) shelf().write_faults.emplace_back(Code::kUnavailable, "gone");
  const auto report = run_it();
  EXPECT_EQ(report.exit_code, kExitBalanced) << report.fault.message();
  EXPECT_EQ(report.new_letters, 0u);
}

TEST_F(BreakerRun, OpenItRefusesBeforeReadingThenProbesWithOneBatchOfAHundred) {
  fill(numbered(300, "R"));
  ASSERT_EQ(run_it().exit_code, kExitBreakerOpen);
  const auto reads = shelf().count_reads();
  EXPECT_EQ(run_it().exit_code, kExitBreakerOpen);
  EXPECT_EQ(shelf().count_reads(), reads) << "nothing was read";
  clock_.advance(5 * 60 * 1000);
  auto mended = numbered(300, "A");
  fill(std::move(mended));
  std::vector<std::uint64_t> told;
  RunOptions options;
  options.on_progress = [&](const RunProgress& now) {
    if (told.empty() || told.back() != now.records) told.push_back(now.records);
  };
  const auto report = run(load(kRejectR), registry_, services_, state_folder_, options);
  ASSERT_OK(report.fault);
  ASSERT_GE(told.size(), 2u);
  EXPECT_EQ(told[1], 100u);
  EXPECT_EQ(report.balance.landed(), 300u);
}

}  // namespace
}  // namespace sentinel::engine::test
