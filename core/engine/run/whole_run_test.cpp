// Runs into a sink that keeps whole runs: everything or nothing, and no checkpoint.
#include "engine/exit_code.hpp"
#include "engine/letters/replay.hpp"
#include "engine/run/run.hpp"
#include "engine/testing/pipeline_test_support.hpp"

namespace sentinel::engine::test {
namespace {

class WholeRun : public PipelineTest {
 protected:
  std::string sink_yaml() const override { return "sink: { use: book, shelf: " + shelf_name_ + " }\n"; }
  RunReport run_it(const Parts& parts = {}) {
    file_ = load(parts);
    return run(file_, registry_, services_, state_folder_, {});
  }
  std::string last_end() { return shelf().ends.empty() ? "none" : shelf().ends.back(); }
  std::size_t open_letters() {
    store::LetterFilter filter;
    filter.pipeline = "donations";
    const auto list = open_store()->list(filter);
    EXPECT_TRUE(list);
    return list ? list->size() : 0;
  }
  config::PipelineFile file_;
};

TEST_F(WholeRun, EachRunIsGivenEverythingAndToldThatItFinished) {
  fill(numbered(7));
  shelf().page_rows = 3;
  for (int i = 0; i < 2; ++i) {
    const auto report = run_it();
    ASSERT_OK(report.fault);
    EXPECT_EQ(report.balance.landed(), 7u);
    EXPECT_EQ(last_end(), "finished: 7");
  }
}

TEST_F(WholeRun, ARunThatEndsEarlyIsNotFinishedAndTheNextBeginsAtTheBeginning) {
  fill(numbered(7));
  shelf().page_rows = 3;
  shelf().write_faults = {Status(), Status(Code::kStorage, "disk full")};
  EXPECT_EQ(run_it().exit_code, kExitStorage);
  EXPECT_EQ(last_end(), "failed: 3");
  ASSERT_OK(run_it().fault);
  EXPECT_EQ(last_end(), "finished: 7");
}

TEST_F(WholeRun, ARunThatCouldNotBePutInItsPlaceFails) {
  fill(numbered(2));
  shelf().finish_faults.emplace_back(Code::kStorage, "disk full");
  const auto report = run_it();
  EXPECT_EQ(report.exit_code, kExitStorage);
  EXPECT_NE(report.fault.message().find("could not be put in place: sink book: disk full"), std::string::npos)
      << report.fault.message();
}

TEST_F(WholeRun, ALetterIsClosedByTheNextRunAndNeverReplayed) {
  fill({{"A0"}, {"R1", 500}});
  ASSERT_OK(run_it({.transforms = "  - { use: choose, reject: R }\n"}).fault);
  EXPECT_EQ(open_letters(), 1u);
  const auto replayed = replay(load(), registry_, services_, state_folder_, {});
  EXPECT_EQ(replayed.exit_code, kExitConfig);
  EXPECT_NE(replayed.fault.message().find("reads every record again"), std::string::npos) << replayed.fault.message();
  EXPECT_EQ(open_letters(), 1u);
  EXPECT_EQ(shelf().ends.size(), 1u);
  ASSERT_OK(run_it().fault);
  EXPECT_EQ(last_end(), "finished: 2");
  EXPECT_EQ(open_letters(), 0u);
}

}  // namespace
}  // namespace sentinel::engine::test
