// Waits between attempts, patience with a service that is gone, and the number of attempts.
#include "engine/stages/outage.hpp"
#include "engine/delivery/protocol.hpp"
#include "engine/delivery/target.hpp"
#include "engine/run/run.hpp"
#include "engine/testing/pipeline_test_support.hpp"

#include <random>

namespace sentinel::engine::test {
namespace {

using std::chrono::milliseconds;

constexpr stages::Retry kPlain{5, milliseconds(100), milliseconds(1000), stages::Jitter::kNone};
Status gone() { return {Code::kUnavailable, "the server went away"}; }
Status asks(std::int64_t ms) { return Status(Code::kThrottled, "slow down").retry_after(milliseconds(ms)); }

class OutageTest : public PipelineTest {
 protected:
  Outage outage(std::int64_t patience_ms, stages::Retry retry = kPlain) {
    return {milliseconds(patience_ms), retry, services_, stop_};
  }
};

TEST_F(OutageTest, BackoffDoublesUpToItsCap) {
  constexpr std::int64_t kExpected[] = {100, 200, 400, 800, 1000, 1000};
  for (int attempt = 1; attempt <= 6; ++attempt)
    EXPECT_EQ(backoff(kPlain, attempt, services_).count(), kExpected[attempt - 1]);
  EXPECT_EQ(backoff(kPlain, 1000000, services_).count(), 1000);
  EXPECT_EQ(backoff({5, milliseconds(500), milliseconds(100), stages::Jitter::kNone}, 1, services_).count(), 100);
}

TEST_F(OutageTest, FullJitterStaysWithinTheWaitAndFillsIt) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  telemetry::HostServices services(clock_, stop_, log_, seed);
  auto retry = kPlain;
  retry.jitter = stages::Jitter::kFull;
  for (int attempt = 1; attempt <= 5; ++attempt) {
    const auto whole = backoff(kPlain, attempt, services).count();
    std::int64_t least = whole, most = 0;
    for (int i = 0; i < 2000; ++i) {
      const auto wait = backoff(retry, attempt, services).count();
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
    store_ = open_store();
    auto sink = open_sink(file_, registry_, services_);
    ASSERT_TRUE(sink) << sink.error().message();
    sink_ = std::move(*sink);
  }
  Workplace place() { return {file_, *sink_, *store_, services_}; }
  static Status deadlock() { return {Code::kTransient, "deadlock"}; }

  config::PipelineFile file_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<plugins::SinkStage> sink_;
};

TEST_F(AttemptsTest, TransientFaultsAreTriedSoOftenAndNoMore) {
  Attempts attempts(place());
  ASSERT_OK(attempts.pause(deadlock()));
  ASSERT_OK(attempts.pause(deadlock()));
  const auto status = attempts.pause(deadlock());
  EXPECT_EQ(status.code(), Code::kTransient);
  EXPECT_EQ(status.message(), "tried 3 times: deadlock");
  EXPECT_EQ(clock_.waits, (std::vector<std::int64_t>{10, 20}));
}

TEST_F(AttemptsTest, ASuccessCountsAnew) {
  Attempts attempts(place());
  ASSERT_OK(attempts.pause(deadlock()));
  ASSERT_OK(attempts.pause(deadlock()));
  attempts.succeeded();
  ASSERT_OK(attempts.pause(deadlock()));
  EXPECT_EQ(clock_.waits.back(), 10);
}

TEST_F(AttemptsTest, AnOutageIsNoAttempt) {
  Attempts attempts(place());
  ASSERT_OK(attempts.pause(deadlock()));
  for (int i = 0; i < 6; ++i) ASSERT_OK(attempts.pause(gone()));
  EXPECT_EQ(clock_.steady_ms(), 5010 + 300) << "10, 20, 40, 80, 80, and what is left of 300";
  EXPECT_EQ(attempts.pause(gone()).code(), Code::kUnavailable);
}

TEST_F(AttemptsTest, OtherFaultsEndAtOnceAndUntouched) {
  Attempts attempts(place());
  for (const auto code :
       {Code::kStorage, Code::kRefused, Code::kInvalidConfig, Code::kFenced, Code::kUnknownOutcome, Code::kInternal}) {
    const auto status = attempts.pause({code, "so it is"});
    EXPECT_EQ(status.code(), code);
    EXPECT_EQ(status.message(), "so it is");
  }
  EXPECT_TRUE(clock_.waits.empty());
}

TEST_F(AttemptsTest, AStopEndsTheWaitForTheNextAttempt) {
  Attempts attempts(place());
  stop_.request(2);
  EXPECT_EQ(attempts.pause(deadlock()).code(), Code::kCancelled);
}

}  // namespace
}  // namespace sentinel::engine::test
