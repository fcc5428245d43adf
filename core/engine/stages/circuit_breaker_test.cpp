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
  Breaker breaker(const std::string& mapping = "m1", stages::CircuitBreaker policy = {}) {
    Breaker made(policy, *store_, "donations", mapping);
    EXPECT_TRUE(made.load(clock_.now_unix_ms()).ok());
    return made;
  }
  // Feeds the batches as a run would; true if one of them opens it.
  static bool opens(Breaker& breaker, const std::vector<std::pair<std::uint64_t, std::uint64_t>>& batches) {
    for (const auto& [records, rejects] : batches) {
      if (breaker.would_open(records, rejects)) return true;
      EXPECT_TRUE(breaker.passed(records, rejects).ok());
    }
    return false;
  }

  std::unique_ptr<store::Store> store_;
};

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
  ASSERT_OK(closed.passed(100, 0));
  EXPECT_FALSE(closed.would_open(1000, 200));
  EXPECT_TRUE(closed.would_open(1000, 201));
}

TEST_F(BreakerTest, OldBatchesLeaveTheWindow) {
  auto closed = breaker();
  ASSERT_OK(closed.passed(100, 20));
  ASSERT_OK(closed.passed(100, 0));
  EXPECT_FALSE(closed.would_open(10, 10)) << "10 of 110";
  for (int i = 0; i < 10; ++i) ASSERT_OK(closed.passed(10, 2));
  EXPECT_TRUE(closed.would_open(10, 3)) << "21 of 100: nine batches of 10 with 2 each, and this one";
}

TEST_F(BreakerTest, WholePercentagesAreExact) {
  for (int percent = 1; percent < 100; ++percent) {
    stages::CircuitBreaker policy;
    policy.max_failure_rate = percent / 100.0;
    auto closed = breaker("m1", policy);
    const auto rejects = static_cast<std::uint64_t>(percent);
    EXPECT_FALSE(closed.would_open(100, rejects)) << percent << " of 100 at " << percent << " %";
    EXPECT_TRUE(closed.would_open(100, rejects + 1)) << percent + 1 << " of 100 at " << percent << " %";
  }
}

TEST_F(BreakerTest, StaysOpenOverProcessesUntilItHasCooledDown) {
  auto first = breaker();
  EXPECT_FALSE(first.refuses());
  ASSERT_OK(first.open(clock_.now_unix_ms()));
  EXPECT_TRUE(first.refuses());
  const auto opened = clock_.now_unix_ms();
  store_.reset();
  store_ = open_store();
  clock_.advance(5 * 60 * 1000 - 1);
  auto second = breaker();
  EXPECT_TRUE(second.refuses());
  EXPECT_FALSE(second.probes());
  EXPECT_EQ(second.opened_unix_ms(), opened);
  clock_.advance(1);
  auto third = breaker();
  EXPECT_FALSE(third.refuses());
  EXPECT_TRUE(third.probes());
}

TEST_F(BreakerTest, SmallRunsAddUpUntilTheyFillAWindow) {
  for (int run = 0; run < 9; ++run) {
    auto small = breaker();
    ASSERT_FALSE(opens(small, {{10, 2}})) << "run " << run;
    ASSERT_OK(small.ended());
  }
  EXPECT_FALSE(breaker().would_open(10, 2)) << "20 of 100";
  EXPECT_TRUE(breaker().would_open(10, 3)) << "21 of 100";
  EXPECT_FALSE(breaker("m2").would_open(10, 10)) << "other rules begin anew";
  auto tenth = breaker();
  ASSERT_OK(tenth.passed(10, 2));
  ASSERT_OK(tenth.ended());
  EXPECT_FALSE(breaker().would_open(10, 10)) << "a window that was full and judged is over";
}

TEST_F(BreakerTest, AResetClosesItAndForgetsWhatWasCounted) {
  auto first = breaker();
  ASSERT_OK(first.passed(90, 20));
  ASSERT_OK(first.ended());
  ASSERT_OK(Breaker::reset(*store_, "donations"));
  EXPECT_FALSE(breaker().would_open(10, 10));
  ASSERT_OK(first.open(clock_.now_unix_ms()));
  ASSERT_OK(Breaker::reset(*store_, "donations"));
  EXPECT_FALSE(breaker().refuses());
  EXPECT_FALSE(breaker().probes());
}

TEST_F(BreakerTest, AChangedPipelineMayProbeAtOnce) {
  auto first = breaker("m1");
  ASSERT_OK(first.open(clock_.now_unix_ms()));
  EXPECT_TRUE(breaker("m1").refuses());
  EXPECT_TRUE(breaker("m2").probes());
}

TEST_F(BreakerTest, AProbeThatPassesClosesAndOneThatFailsOpensAgain) {
  auto first = breaker();
  ASSERT_OK(first.open(clock_.now_unix_ms()));
  clock_.advance(5 * 60 * 1000);
  auto probing = breaker();
  EXPECT_TRUE(probing.would_open(10, 3)) << "a probe is judged however small it is";
  EXPECT_FALSE(probing.would_open(10, 2));
  ASSERT_OK(probing.passed(0, 0));
  EXPECT_TRUE(probing.probes()) << "nothing new says nothing";
  ASSERT_OK(probing.passed(10, 2));
  EXPECT_FALSE(probing.probes());
  EXPECT_FALSE(breaker().refuses());
  EXPECT_FALSE(breaker().probes());

  ASSERT_OK(probing.open(clock_.now_unix_ms()));
  EXPECT_TRUE(breaker().refuses());
}

TEST_F(BreakerTest, PipelinesHaveTheirOwn) {
  auto first = breaker();
  ASSERT_OK(first.open(clock_.now_unix_ms()));
  Breaker other({}, *store_, "others", "m1");
  ASSERT_OK(other.load(clock_.now_unix_ms()));
  EXPECT_FALSE(other.refuses());
}

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
  made.why = invalid_data("wrong");
  return made;
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
