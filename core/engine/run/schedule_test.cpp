// Turns by a clock that only waits move.
#include "engine/run/schedule.hpp"

#include "engine/testing/pipeline_test_support.hpp"

namespace sentinel::engine::test {
namespace {

using std::chrono::minutes;

class ScheduleTest : public ::testing::Test {
 protected:
  std::int64_t since_start() { return clock_.steady_ms() - began_ms_; }
  FakeClock clock_;
  telemetry::StopSignal stop_;
  const std::int64_t began_ms_ = clock_.steady_ms();
  Schedule schedule_{clock_, stop_, minutes(5)};
};

TEST_F(ScheduleTest, TurnsDoNotDriftByWhatEachTakes) {
  for (int turn = 1; turn <= 3; ++turn) {
    clock_.advance(70'000);
    EXPECT_EQ(schedule_.wait(), 0);
    EXPECT_EQ(since_start(), turn * 300'000);
  }
}

TEST_F(ScheduleTest, ATurnThatTakesTooLongSkipsTheOnesItRanInto) {
  clock_.advance(300'001);
  EXPECT_EQ(schedule_.wait(), 1);
  EXPECT_EQ(since_start(), 600'000);
  clock_.advance(900'000);
  EXPECT_EQ(schedule_.wait(), 2) << "it ended just as the third one was due";
  EXPECT_EQ(since_start(), 1'500'000);
}

TEST_F(ScheduleTest, AStopEndsTheWaiting) {
  clock_.on_wait = [&](std::int64_t) { stop_.request(15); };
  EXPECT_EQ(schedule_.wait(), std::nullopt);
}

}  // namespace
}  // namespace sentinel::engine::test
