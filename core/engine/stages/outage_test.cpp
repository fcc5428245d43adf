// Waits between attempts, patience with a service that is gone, and the number of attempts.
#include "engine/stages/built_in_stages.hpp"
#include "engine/testing/pipeline_test_support.hpp"

#include <random>

namespace sentinel::engine::test {
namespace {

using std::chrono::milliseconds;

constexpr stages::RetryOptions kPlain{5, milliseconds(100), milliseconds(1000), stages::Jitter::kNone};
Status gone() { return {Code::kUnavailable, "the server went away"}; }
Status asks(std::int64_t ms) { return Status(Code::kThrottled, "slow down").retry_after(milliseconds(ms)); }

class OutageTest : public PipelineTest {
 protected:
  stages::Outage outage(std::int64_t patience_ms, stages::RetryOptions retry = kPlain) {
    return {milliseconds(patience_ms), retry, services_, stop_};
  }
};

TEST_F(OutageTest, BackoffDoublesUpToItsCap) {
  constexpr std::int64_t kExpected[] = {100, 200, 400, 800, 1000, 1000};
  for (int attempt = 1; attempt <= 6; ++attempt)
    EXPECT_EQ(stages::backoff(kPlain, attempt, services_).count(), kExpected[attempt - 1]);
  EXPECT_EQ(stages::backoff(kPlain, 1000000, services_).count(), 1000);
  EXPECT_EQ(stages::backoff({5, milliseconds(500), milliseconds(100), stages::Jitter::kNone}, 1, services_).count(),
            100);
}

TEST_F(OutageTest, FullJitterStaysWithinTheWaitAndFillsIt) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  telemetry::HostServices services(clock_, stop_, log_, seed);
  auto retry = kPlain;
  retry.jitter = stages::Jitter::kFull;
  for (int attempt = 1; attempt <= 5; ++attempt) {
    const auto whole = stages::backoff(kPlain, attempt, services).count();
    std::int64_t least = whole, most = 0;
    for (int i = 0; i < 2000; ++i) {
      const auto wait = stages::backoff(retry, attempt, services).count();
      least = std::min(least, wait);
      most = std::max(most, wait);
    }
    EXPECT_GE(least, 0);
    EXPECT_LT(least, whole / 10);
    EXPECT_LE(most, whole);
    EXPECT_GT(most, whole - whole / 10);
  }
}

TEST_F(OutageTest, PatienceIsKeptToTheMillisecond) {
  auto waiting = outage(2345);
  const auto began = clock_.steady_ms();
  auto status = waiting.wait(gone());
  while (status.ok()) {
    EXPECT_TRUE(waiting.is_on());
    status = waiting.wait(gone());
  }
  EXPECT_EQ(clock_.steady_ms() - began, 2345);
  EXPECT_EQ(clock_.waits, (std::vector<std::int64_t>{100, 200, 400, 800, 845}));
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(status.message(), "gave up after 2345ms: the server went away");
}

TEST_F(OutageTest, TimeBetweenTheFaultsCounts) {
  auto waiting = outage(1000);
  ASSERT_OK(waiting.wait(gone()));
  clock_.advance(899);
  ASSERT_OK(waiting.wait(gone()));
  EXPECT_EQ(clock_.waits.back(), 1) << "what was left";
  EXPECT_FALSE(waiting.wait(gone()).ok());
}

TEST_F(OutageTest, NoPatienceIsTheFaultItself) {
  auto waiting = outage(0);
  const auto status = waiting.wait(gone());
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ(status.message(), "the server went away");
  EXPECT_TRUE(clock_.waits.empty());
}

TEST_F(OutageTest, WhatTheServiceAskedForIsHonouredAndCapped) {
  auto waiting = outage(10 * 3600000);
  ASSERT_OK(waiting.wait(asks(7000)));
  ASSERT_OK(waiting.wait(asks(1)));
  ASSERT_OK(waiting.wait(asks(24 * 3600000)));
  EXPECT_EQ(clock_.waits, (std::vector<std::int64_t>{7000, 200, 3600000}))
      << "never shorter than the backoff, at most an hour";
  auto impatient = outage(500);
  ASSERT_OK(impatient.wait(asks(7000)));
  EXPECT_EQ(clock_.waits.back(), 500);
  EXPECT_EQ(impatient.wait(asks(7000)).code(), Code::kThrottled);
}

TEST_F(OutageTest, AStopEndsTheWait) {
  auto waiting = outage(1000);
  clock_.on_wait = [this](std::int64_t) { stop_.request(15); };
  EXPECT_EQ(waiting.wait(gone()).code(), Code::kCancelled);
}

TEST_F(OutageTest, ASuccessBeginsPatienceAnew) {
  auto waiting = outage(250);
  ASSERT_OK(waiting.wait(gone()));
  ASSERT_OK(waiting.wait(gone()));
  EXPECT_FALSE(waiting.wait(gone()).ok());
  waiting.over();
  EXPECT_FALSE(waiting.is_on());
  clock_.waits.clear();
  ASSERT_OK(waiting.wait(gone()));
  EXPECT_EQ(clock_.waits, std::vector<std::int64_t>{100}) << "and the backoff too";
}

class AttemptsTest : public PipelineTest {
 protected:
  void SetUp() override {
    PipelineTest::SetUp();
    file_ = load({.more = "outage: { wait: 300ms }\n"});
  }
  static Status deadlock() { return {Code::kTransient, "deadlock"}; }

  config::PipelineFile file_;
};

TEST_F(AttemptsTest, TransientFaultsAreTriedSoOftenAndNoMore) {
  stages::Attempts attempts(file_, services_);
  ASSERT_OK(attempts.after_failure(deadlock()));
  ASSERT_OK(attempts.after_failure(deadlock()));
  const auto status = attempts.after_failure(deadlock());
  EXPECT_EQ(status.code(), Code::kTransient);
  EXPECT_EQ(status.message(), "tried 3 times: deadlock");
  EXPECT_EQ(clock_.waits, (std::vector<std::int64_t>{10, 20}));
}

TEST_F(AttemptsTest, ASuccessCountsAnew) {
  stages::Attempts attempts(file_, services_);
  ASSERT_OK(attempts.after_failure(deadlock()));
  ASSERT_OK(attempts.after_failure(deadlock()));
  attempts.after_success();
  ASSERT_OK(attempts.after_failure(deadlock()));
  EXPECT_EQ(clock_.waits.back(), 10);
}

TEST_F(AttemptsTest, AnOutageIsNoAttempt) {
  stages::Attempts attempts(file_, services_);
  ASSERT_OK(attempts.after_failure(deadlock()));
  for (int i = 0; i < 6; ++i) ASSERT_OK(attempts.after_failure(gone()));
  EXPECT_EQ(clock_.steady_ms(), 5010 + 300) << "10, 20, 40, 80, 80, and what is left of 300";
  EXPECT_EQ(attempts.after_failure(gone()).code(), Code::kUnavailable);
}

TEST_F(AttemptsTest, OtherFaultsEndAtOnceAndUntouched) {
  stages::Attempts attempts(file_, services_);
  for (const auto code :
       {Code::kStorage, Code::kRefused, Code::kInvalidConfig, Code::kFenced, Code::kUnknownOutcome, Code::kInternal}) {
    const auto status = attempts.after_failure({code, "so it is"});
    EXPECT_EQ(status.code(), code);
    EXPECT_EQ(status.message(), "so it is");
  }
  EXPECT_TRUE(clock_.waits.empty());
}

TEST_F(AttemptsTest, AStopEndsTheWaitForTheNextAttempt) {
  stages::Attempts attempts(file_, services_);
  stop_.request(2);
  EXPECT_EQ(attempts.after_failure(deadlock()).code(), Code::kCancelled);
}

}  // namespace
}  // namespace sentinel::engine::test
