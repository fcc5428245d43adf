// When the circuit breaker opens, refuses, probes and closes; its state lies in a real store.
#include "engine/stages/circuit_breaker.hpp"
#include "engine/delivery/known_letters.hpp"
#include "engine/testing/pipeline_test_support.hpp"

#include <algorithm>
#include <numeric>
#include <random>

namespace sentinel::engine::test {
namespace {

class BreakerTest : public PipelineTest {
 protected:
  void SetUp() override {
    PipelineTest::SetUp();
    store_ = open_store();
  }
  stages::CircuitBreaker breaker(const std::string& mapping = "m1", stages::CircuitBreakerOptions options = {}) {
    stages::CircuitBreaker made(options, *store_, services_, "donations", mapping);
    EXPECT_TRUE(made.load().ok());
    return made;
  }
  // Counts a committed batch.
  static Status passed(stages::CircuitBreaker& breaker, std::uint64_t records, std::uint64_t rejects) {
    stages::CommittingBatch batch;
    batch.new_records = records;
    batch.new_rejects = rejects;
    return breaker.after_commit(batch);
  }
  static bool refuses(const stages::CircuitBreaker& breaker) {
    const auto admitted = breaker.admit();
    EXPECT_EQ(stages::is_breaker_open(admitted), !admitted.ok()) << admitted.message();
    return !admitted.ok();
  }
  // Feeds the batches as a run would; true if one of them opens it.
  static bool opens(stages::CircuitBreaker& breaker,
                    const std::vector<std::pair<std::uint64_t, std::uint64_t>>& batches) {
    for (const auto& [records, rejects] : batches) {
      if (breaker.would_open(records, rejects)) return true;
      EXPECT_TRUE(passed(breaker, records, rejects).ok());
    }
    return false;
  }

  std::unique_ptr<store::Store> store_;
};

store::StoredLetter letter(const std::string& key, const std::string& source_id = "s1") {
  store::StoredLetter made;
  made.pipeline = "donations";
  made.source_id = source_id;
  made.source_key = key;
  made.record_hash = "h";
  made.letter_id = std::string(32 - key.size(), 'a') + key;
  made.record = "{}";
  made.schema = "[]";
  made.stage = "choose";
  made.reason = invalid_data("wrong");
  return made;
}

// 100 records of which `rejects` are refused, in random order, cut into batches of random sizes.
std::vector<std::pair<std::uint64_t, std::uint64_t>> shuffled(int rejects, std::mt19937& random) {
  std::vector<int> refused(100, 0);
  std::fill_n(refused.begin(), rejects, 1);
  std::shuffle(refused.begin(), refused.end(), random);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> batches;
  for (std::size_t at = 0; at < refused.size();) {
    const auto size = std::min<std::size_t>(refused.size() - at, 1 + random() % 60);
    const auto from = refused.begin() + static_cast<std::ptrdiff_t>(at);
    batches.emplace_back(size, std::accumulate(from, from + static_cast<std::ptrdiff_t>(size), 0));
    at += size;
  }
  return batches;
}

TEST_F(BreakerTest, OpensAt21Of100AndNotAt20InAnyOrderAndAnyBatches) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int i = 0; i < 10; ++i) {
    auto lenient = breaker(), strict = breaker();
    EXPECT_FALSE(opens(lenient, shuffled(20, random))) << "shuffle " << i;
    EXPECT_TRUE(opens(strict, shuffled(21, random))) << "shuffle " << i;
  }
}

TEST_F(BreakerTest, JudgesNothingBeforeTheWindowIsFull) {
  auto closed = breaker();
  EXPECT_FALSE(closed.would_open(99, 99));
  EXPECT_FALSE(closed.would_open(0, 0));
  EXPECT_TRUE(closed.would_open(100, 21));
}

TEST_F(BreakerTest, ABatchLargerThanTheWindowIsJudgedByItself) {
  auto closed = breaker();
  ASSERT_OK(passed(closed, 100, 0));
  EXPECT_FALSE(closed.would_open(1000, 200));
  EXPECT_TRUE(closed.would_open(1000, 201));
}

TEST_F(BreakerTest, OldBatchesLeaveTheWindow) {
  auto closed = breaker();
  ASSERT_OK(passed(closed, 100, 20));
  ASSERT_OK(passed(closed, 100, 0));
  EXPECT_FALSE(closed.would_open(10, 10)) << "10 of 110";
  for (int i = 0; i < 10; ++i) ASSERT_OK(passed(closed, 10, 2));
  EXPECT_TRUE(closed.would_open(10, 3)) << "21 of 100: nine batches of 10 with 2 each, and this one";
}

TEST_F(BreakerTest, WholePercentagesAreExact) {
  for (int percent = 1; percent < 100; ++percent) {
    stages::CircuitBreakerOptions policy;
    policy.max_failure_rate = percent / 100.0;
    auto closed = breaker("m1", policy);
    const auto rejects = static_cast<std::uint64_t>(percent);
    EXPECT_FALSE(closed.would_open(100, rejects)) << percent << " of 100 at " << percent << " %";
    EXPECT_TRUE(closed.would_open(100, rejects + 1)) << percent + 1 << " of 100 at " << percent << " %";
  }
}

TEST_F(BreakerTest, StaysOpenOverProcessesUntilItHasCooledDown) {
  auto first = breaker();
  EXPECT_FALSE(refuses(first));
  ASSERT_OK(first.open());
  EXPECT_TRUE(refuses(first));
  const auto opened = clock_.now_unix_ms();
  store_.reset();
  store_ = open_store();
  clock_.advance(5 * 60 * 1000 - 1);
  auto second = breaker();
  EXPECT_TRUE(refuses(second));
  EXPECT_FALSE(second.probes());
  EXPECT_NE(second.admit().message().find(telemetry::utc_text(opened)), std::string::npos) << second.admit().message();
  clock_.advance(1);
  auto third = breaker();
  EXPECT_FALSE(refuses(third));
  EXPECT_TRUE(third.probes());
}

TEST_F(BreakerTest, SmallRunsAddUpUntilTheyFillAWindow) {
  for (int run = 0; run < 9; ++run) {
    auto small = breaker();
    ASSERT_FALSE(opens(small, {{10, 2}})) << "run " << run;
    ASSERT_OK(small.run_ended());
  }
  EXPECT_FALSE(breaker().would_open(10, 2)) << "20 of 100";
  EXPECT_TRUE(breaker().would_open(10, 3)) << "21 of 100";
  EXPECT_FALSE(breaker("m2").would_open(10, 10)) << "other rules begin anew";
  auto tenth = breaker();
  ASSERT_OK(passed(tenth, 10, 2));
  ASSERT_OK(tenth.run_ended());
  EXPECT_FALSE(breaker().would_open(10, 10)) << "a window that was full and judged is over";
}

TEST_F(BreakerTest, AResetClosesItAndForgetsWhatWasCounted) {
  auto first = breaker();
  ASSERT_OK(passed(first, 90, 20));
  ASSERT_OK(first.run_ended());
  ASSERT_OK(stages::CircuitBreaker::reset(*store_, "donations"));
  EXPECT_FALSE(breaker().would_open(10, 10));
  ASSERT_OK(first.open());
  ASSERT_OK(stages::CircuitBreaker::reset(*store_, "donations"));
  EXPECT_FALSE(refuses(breaker()));
  EXPECT_FALSE(breaker().probes());
}

TEST_F(BreakerTest, AChangedPipelineMayProbeAtOnce) {
  auto first = breaker("m1");
  ASSERT_OK(first.open());
  EXPECT_TRUE(refuses(breaker("m1")));
  EXPECT_TRUE(breaker("m2").probes());
}

TEST_F(BreakerTest, AProbeThatPassesClosesAndOneThatFailsOpensAgain) {
  auto first = breaker();
  ASSERT_OK(first.open());
  clock_.advance(5 * 60 * 1000);
  auto probing = breaker();
  EXPECT_TRUE(probing.would_open(10, 3)) << "a probe is judged however small it is";
  EXPECT_FALSE(probing.would_open(10, 2));
  ASSERT_OK(passed(probing, 0, 0));
  EXPECT_TRUE(probing.probes()) << "nothing new says nothing";
  ASSERT_OK(passed(probing, 10, 2));
  EXPECT_FALSE(probing.probes());
  EXPECT_FALSE(refuses(breaker()));
  EXPECT_FALSE(breaker().probes());

  ASSERT_OK(probing.open());
  EXPECT_TRUE(refuses(breaker()));
}

TEST_F(BreakerTest, ABatchThatOpensItEndsWithTheMostFrequentReason) {
  auto closed = breaker();
  std::vector letters(21, letter("1"));
  letters.front().reason = invalid_data("another reason");
  stages::CommittingBatch batch;
  batch.new_records = 100;
  batch.new_rejects = 21;
  batch.letters = letters;
  const auto fault = closed.before_commit(batch);
  EXPECT_TRUE(stages::is_breaker_open(fault));
  EXPECT_NE(fault.message().find("(20 of 21 by choose: wrong)"), std::string::npos) << fault.message();
  EXPECT_TRUE(refuses(closed)) << "and the next run does not begin";
  EXPECT_FALSE(stages::is_breaker_open({Code::kCancelled, "stopped"}));
}

TEST_F(BreakerTest, PipelinesHaveTheirOwn) {
  auto first = breaker();
  ASSERT_OK(first.open());
  stages::CircuitBreaker other({}, *store_, services_, "others", "m1");
  ASSERT_OK(other.load());
  EXPECT_FALSE(refuses(other));
}

TEST_F(BreakerTest, KnownLettersAreFoundByKeyOnceLoadedOrAdded) {
  KnownLetters known(*store_, "donations", "s1");
  ASSERT_OK(known.load());
  EXPECT_FALSE(known.any());
  ASSERT_OK(store_->add_pending("d1", std::vector{letter("1"), letter("2"), letter("3", "s2")}));
  ASSERT_OK(store_->confirm("d1"));
  const auto unasked = known.of_key("1");
  ASSERT_TRUE(unasked);
  EXPECT_TRUE(unasked->empty()) << "the store is not asked for a key that is not known";
  known.add("1");
  ASSERT_EQ(known.of_key("1")->size(), 1u);
  EXPECT_TRUE(known.of_key("2")->empty());
  KnownLetters again(*store_, "donations", "s1");
  ASSERT_OK(again.load());
  EXPECT_TRUE(again.any());
  ASSERT_EQ(again.of_key("2")->size(), 1u);
  EXPECT_EQ(again.of_key("2")->front().status, store::LetterStatus::kWaiting);
  EXPECT_TRUE(again.of_key("3")->empty()) << "of another source";
}

}  // namespace
}  // namespace sentinel::engine::test
