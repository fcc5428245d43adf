// What a run shows while it works.
#include "app/progress.hpp"

#include "engine/testing/pipeline_test_support.hpp"

namespace sentinel::app {
namespace {

TEST(ProgressText, ShowsWhatIsKnown) {
  EXPECT_EQ(progress_text("gifts", {0, 0, {}}, 0), "gifts   0 records");
  EXPECT_EQ(progress_text("gifts", {2500, 0, {}}, 500), "gifts   2,500 records   5,000 records/s");
  EXPECT_EQ(progress_text("gifts", {2500, 12, 10000}, 500),
            "gifts   2,500 of 10,000 records (25 %)   5,000 records/s   12 dead letters   1 s left");
  EXPECT_EQ(progress_text("gifts", {120, 0, 100}, 1000), "gifts   120 records   120 records/s")
      << "the count of a source that grew while it was read is ignored";
}

TEST(ProgressLines, ComeEveryTenSecondsHoweverOftenItIsUpdated) {
  engine::test::FakeClock clock;
  engine::test::RememberingLog log;
  telemetry::StandardErrorLog terminal;
  Progress progress(ProgressStyle::kLines, "gifts", clock, log, terminal);
  for (std::uint64_t tick = 1; tick <= 250; ++tick) {
    clock.advance(100);
    progress.update({tick * 10, 0, {}});
  }
  EXPECT_EQ(log.text(), "gifts   1,000 records   100 records/s\ngifts   2,000 records   100 records/s\n");
}

}  // namespace
}  // namespace sentinel::app
