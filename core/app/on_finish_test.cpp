// The command after a run, with real processes.
#include "app/on_finish.hpp"

#include "engine/testing/pipeline_test_support.hpp"

#include <iterator>

namespace sentinel::app {
namespace {

class OnFinishTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/sentinel-on-finish-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    file_.path = "pipeline.yaml";
    report_.pipeline = "gifts";
    report_.run_id = "run-1";
    report_.balance.add_record(BalanceLine::kRead);
    report_.balance.add_record(BalanceLine::kInserted);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // What `script` wrote to the file that $0 names.
  std::string run(const std::string& script, std::chrono::milliseconds patience = kOnFinishPatience) {
    const auto out = folder_ / "out";
    file_.on_finish = {"/bin/sh", "-c", script, out.string()};
    run_on_finish(file_, report_, 5, log_, patience);
    std::ifstream in(out);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::filesystem::path folder_;
  config::PipelineFile file_;
  engine::RunReport report_;
  engine::test::RememberingLog log_;
};

TEST_F(OnFinishTest, IsToldHowTheRunEndedAndGetsTheReport) {
  EXPECT_EQ(run("echo $SENTINEL_PIPELINE $SENTINEL_RUN_ID $SENTINEL_EXIT_CODE $SENTINEL_READ $SENTINEL_LANDED "
                "$SENTINEL_DEAD_LETTERED > $0"),
            "gifts run-1 5 1 1 0\n");
  EXPECT_NE(run("cat > $0").find("\"run_id\":\"run-1\""), std::string::npos);
  EXPECT_EQ(log_.text(), "");
}

TEST_F(OnFinishTest, InheritsNoSecret) {
  setenv("ACCOUNTING_DB", "mysql://u:secret@h/d", 1);
  const auto seen = run("env > $0");
  unsetenv("ACCOUNTING_DB");
  EXPECT_NE(seen.find("PATH="), std::string::npos);
  EXPECT_EQ(seen.find("secret"), std::string::npos);
}

TEST_F(OnFinishTest, WhatIsWrongWithItIsAWarning) {
  run("exit 3");
  EXPECT_NE(log_.text().find("pipeline.yaml: on_finish: /bin/sh ended with exit 3"), std::string::npos) << log_.text();
  file_.on_finish = {"/nowhere/tell"};
  run_on_finish(file_, report_, 0, log_);
  EXPECT_NE(log_.text().find("/nowhere/tell cannot be run: No such file"), std::string::npos) << log_.text();
}

TEST_F(OnFinishTest, IsKilledWithItsChildrenWhenPatienceIsOver) {
  EXPECT_EQ(run("sleep 1000 & sleep 1000; echo late > $0", std::chrono::milliseconds(1)), "");
  EXPECT_NE(log_.text().find("and was killed"), std::string::npos) << log_.text();
}

}  // namespace
}  // namespace sentinel::app
