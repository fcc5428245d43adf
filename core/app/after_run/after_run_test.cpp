// What is done after a run, with real processes.
#include "app/after_run/after_run.hpp"

#include "engine/testing/pipeline_test_support.hpp"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

namespace sentinel::app {
namespace {

using std::chrono::milliseconds;

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
  std::string run(const std::string& script, milliseconds patience = milliseconds(60000)) {
    const auto out = folder_ / "out";
    file_.on_finish = {"/bin/sh", "-c", script, out.string()};
    act_after_run({file_, report_, 5, patience}, log_);
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

TEST_F(OnFinishTest, IsLookedUpInThePath) {
  file_.on_finish = {"sh", "-c", "exit 3"};
  act_after_run({file_, report_}, log_);
  EXPECT_NE(log_.text().find("sh ended with exit 3"), std::string::npos) << log_.text();
}

// This program ignores and blocks signals; what it starts must end by them.
TEST_F(OnFinishTest, SeesSignalsAsAShellWould) {
  const auto ignored = std::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  EXPECT_EQ(run("kill -PIPE $$; echo alive > $0"), "");
  EXPECT_EQ(run("kill -TERM $$; echo alive > $0"), "");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  std::signal(SIGPIPE, ignored);
  EXPECT_NE(log_.text().find("was ended by signal 13"), std::string::npos) << log_.text();
  EXPECT_NE(log_.text().find("was ended by signal 15"), std::string::npos) << log_.text();
}

TEST_F(OnFinishTest, WhatIsWrongWithItIsAWarning) {
  run("exit 3");
  EXPECT_NE(log_.text().find("pipeline.yaml: on_finish: /bin/sh ended with exit 3"), std::string::npos) << log_.text();
  run("kill -9 $$");
  EXPECT_NE(log_.text().find("/bin/sh was ended by signal 9"), std::string::npos) << log_.text();
  for (const auto* name : {"/nowhere/tell", "no-such-program-anywhere"}) {
    file_.on_finish = {name};
    act_after_run({file_, report_}, log_);
    EXPECT_NE(log_.text().find(std::string(name) + " cannot be run: No such file"), std::string::npos) << log_.text();
  }
}

TEST_F(OnFinishTest, AProgramInPathThatMayNotBeExecutedIsToldFromOneThatIsMissing) {
  const std::string former = std::getenv("PATH");
  setenv("PATH", fmt::format("{}:{}", folder_.string(), former).c_str(), 1);
  std::ofstream(folder_ / "notify-sentinel") << "#!/bin/sh\n";
  file_.on_finish = {"notify-sentinel"};
  act_after_run({file_, report_}, log_);
  setenv("PATH", former.c_str(), 1);
  EXPECT_NE(log_.text().find("notify-sentinel cannot be run: Permission denied"), std::string::npos) << log_.text();
}

// The wait with a limit of Boost.Process 1.74 sleeps until the limit where another thread gets SIGCHLD.
TEST_F(OnFinishTest, ItsEndIsSeenAtOnceThoughAnotherThreadGetsTheSignal) {
  std::atomic<bool> stop{false};
  std::thread other([&] {
    while (!stop) std::this_thread::yield();
  });
  for (int i = 0; i < 10; ++i) EXPECT_EQ(run("echo $0 > $0", milliseconds(600000)), (folder_ / "out").string() + "\n");
  stop = true;
  other.join();
  EXPECT_EQ(log_.text(), "");
}

TEST_F(OnFinishTest, IsKilledWithItsChildrenWhenPatienceIsOver) {
  EXPECT_EQ(run("sleep 1000 & sleep 1000; echo late > $0", milliseconds(1)), "");
  EXPECT_NE(log_.text().find("and was killed"), std::string::npos) << log_.text();
}

}  // namespace
}  // namespace sentinel::app
