// Whole runs into a sink of level 1: the checkpoint lies in the store, and every record is written at least once.
#include "engine/delivery/balance.hpp"
#include "engine/exit_code.hpp"
#include "engine/letters/replay.hpp"
#include "engine/run/run.hpp"
#include "engine/testing/pipeline_test_support.hpp"

#include <set>
#include <string>

namespace sentinel::engine::test {
namespace {

using store::LetterStatus;

class WriteOnlyRun : public PipelineTest {
 protected:
  RunReport run_it(const Parts& parts = {}, const RunOptions& options = {}) {
    file_ = load(parts);
    return run(file_, registry_, services_, state_folder_, options);
  }
  std::vector<store::StoredLetter> letters(std::vector<LetterStatus> status = {}) {
    store::LetterFilter filter;
    filter.status = std::move(status);
    auto list = open_store()->list(filter);
    EXPECT_TRUE(list);
    return list ? *list : std::vector<store::StoredLetter>{};
  }
  config::PipelineFile file_;
};

const std::string kReject = "  - { use: choose, reject: R }\n";

TEST_F(WriteOnlyRun, TheNextRunGoesOnBehindTheLast) {
  fill(numbered(7));
  shelf().page_rows = 3;
  const auto first = run_it();
  ASSERT_OK(first.fault);
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_EQ(first.balance.records(BalanceLine::kRead), 7u);
  EXPECT_EQ(first.balance.landed(), 7u);
  EXPECT_EQ(shelf().pile.size(), 7u);
  EXPECT_EQ(first.run_id.substr(0, 8), telemetry::utc_text(FakeClock::kStart).substr(0, 4) + "0921");
  shelf().records.push_back({"A9999", 5});
  const auto second = run_it();
  ASSERT_OK(second.fault);
  EXPECT_EQ(second.balance.records(BalanceLine::kRead), 1u);
  EXPECT_EQ(shelf().pile.back(), "A9999");
  const auto full = run_it({}, {.full = true});
  EXPECT_EQ(full.balance.records(BalanceLine::kRead), 8u);
  const auto runs = open_store()->last_runs("donations", 10);
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 3u);
  EXPECT_EQ((*runs)[0].exit_code, 0);
}

TEST_F(WriteOnlyRun, WhatWasAcceptedIsNeverSentAgain) {
  fill(numbered(5));
  shelf().records[1].ref = "X1";  // refused in the part that was accepted first
  shelf().stops = {3, 1};
  const auto report = run_it();
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.balance.landed(), 4u);
  EXPECT_EQ(report.balance.records(BalanceLine::kDeadLettered), 1u);
  EXPECT_EQ(shelf().pile.size(), 4u) << "each row once, though the batch was sent three times";
  EXPECT_EQ(std::set<std::string>(shelf().pile.begin(), shelf().pile.end()).size(), 4u);
}

TEST_F(WriteOnlyRun, ASinkThatAcceptsSomeRowsEachTimeIsMakingProgress) {
  fill(numbered(12));
  shelf().stops = std::deque<std::int64_t>(10, 1);
  const auto report = run_it({.more = "outage: { wait: 1s }\n"});
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.balance.landed(), 12u);
  EXPECT_EQ(shelf().pile.size(), 12u);
}

TEST_F(WriteOnlyRun, ATransientFaultSendsTheWholeBatchAgain) {
  fill(numbered(4));
  for (int i = 0; i < 2; ++i) shelf().write_faults.emplace_back(Code::kTransient, "deadlock");
  const auto report = run_it();
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.balance.landed(), 4u);
  EXPECT_EQ(shelf().pile.size(), 4u);
}

TEST_F(WriteOnlyRun, AnOutageIsNoDeadLetterAndMovesNoCursor) {
  fill(numbered(4));
  for (int i = 0; i < 100; ++i) shelf().write_faults.emplace_back(Code::kUnavailable, "gone");
  const auto report = run_it({.more = "outage: { wait: 1s }\n"});
  EXPECT_EQ(report.exit_code, kExitUnreachable);
  EXPECT_NE(report.fault.message().find("gave up after 1s"), std::string::npos) << report.fault.message();
  EXPECT_TRUE(letters().empty());
  shelf().write_faults.clear();
  EXPECT_EQ(run_it().balance.landed(), 4u);
}

TEST_F(WriteOnlyRun, LettersAreKeptAndAReplayLandsThem) {
  fill({{"A0"}, {"R1", 500}, {"X2", 600}});
  const auto report = run_it({.transforms = kReject});
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_EQ(report.new_letters, 2u);
  EXPECT_EQ(letters().size(), 2u);
  const auto replayed = replay(load(), registry_, services_, state_folder_, {});
  ASSERT_OK(replayed.fault);
  EXPECT_EQ(replayed.recovered, 1u);
  EXPECT_EQ(replayed.failed_again, 1u);
  EXPECT_EQ(shelf().pile, (std::vector<std::string>{"A0", "R1"}));
  ASSERT_EQ(letters().size(), 1u);
  EXPECT_EQ(letters()[0].source_key, "X2");
  EXPECT_EQ(letters()[0].attempts, 1);
}

TEST_F(WriteOnlyRun, LettersLeftPendingByACrashAreDroppedAndReadAgain) {
  fill({{"R0", 500}});
  ASSERT_OK(run_it({.transforms = kReject}).fault);
  auto left_behind = letters()[0];
  left_behind.letter_id = std::string(32, 'c');
  left_behind.source_key = "R9";
  ASSERT_OK(open_store()->add_pending("crashed", std::vector{left_behind}));
  ASSERT_OK(run_it({.transforms = kReject}).fault);
  EXPECT_EQ(letters().size(), 1u);
  EXPECT_TRUE(letters({LetterStatus::kPending}).empty());
}

TEST_F(WriteOnlyRun, TooManyRefusalsOpenTheBreakerAndARunBeforeItCooledReadsNothing) {
  fill(numbered(100));
  for (int i = 0; i < 21; ++i) shelf().records[static_cast<std::size_t>(i) * 4].ref = "R" + std::to_string(i);
  const auto opened = run_it({.transforms = kReject});
  EXPECT_EQ(opened.exit_code, kExitBreakerOpen);
  EXPECT_NE(opened.fault.message().find("circuit breaker"), std::string::npos) << opened.fault.message();
  EXPECT_TRUE(letters().empty());
  const auto reads = shelf().count_reads();
  EXPECT_EQ(run_it({.transforms = kReject}).exit_code, kExitBreakerOpen);
  EXPECT_EQ(shelf().count_reads(), reads);
  clock_.advance(5 * 60 * 1000);
  EXPECT_EQ(run_it({.transforms = kReject}).exit_code, kExitBreakerOpen) << "the probe fails like before";
  const auto mended = run_it({.transforms = "  - { use: choose, reject: Q }\n"});
  ASSERT_OK(mended.fault);
  EXPECT_EQ(mended.exit_code, 0) << "a changed pipeline may probe at once";
  EXPECT_EQ(mended.balance.records(BalanceLine::kRead), 100u);
}

TEST_F(WriteOnlyRun, AfterAProbeThatPassedTheRunGoesOnToTheEnd) {
  fill(numbered(600, "R"));
  ASSERT_EQ(run_it({.transforms = kReject}).exit_code, kExitBreakerOpen);
  const auto mended = run_it();
  ASSERT_OK(mended.fault);
  EXPECT_EQ(mended.exit_code, 0);
  EXPECT_EQ(mended.balance.landed(), 600u);
  ASSERT_EQ(run_it({}, {.full = true}).exit_code, 0) << "the breaker is closed";
}

TEST_F(WriteOnlyRun, AFullRunStaysFullWhenTheSchemaChangesBeforeItsFirstBatch) {
  fill(numbered(5));
  ASSERT_EQ(run_it().balance.landed(), 5u);
  shelf().grows_at = 0;
  const auto report = run_it({}, {.full = true});
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.balance.records(BalanceLine::kRead), 5u);
}

TEST_F(WriteOnlyRun, AStopEndsTheRunCleanly) {
  fill(numbered(10));
  stop_.request(15);
  const auto report = run_it();
  EXPECT_EQ(report.exit_code, 143);
  EXPECT_TRUE(shelf().pile.empty());
}

TEST_F(WriteOnlyRun, AnImbalanceStopsTheRun) {
  fill(numbered(3));
  const auto report = run_it({.transforms = "  - { use: lie, field: amount, by: 1 }\n"});
  EXPECT_EQ(report.exit_code, kExitStorage);
  EXPECT_NE(report.fault.message().find("the money does not balance"), std::string::npos) << report.fault.message();
}

TEST_F(WriteOnlyRun, TheBalanceIsJsonForPrograms) {
  fill({{"A0", 100}, {"A1", std::nullopt}});
  EXPECT_EQ(
      balance_json(run_it().balance),
      R"({"records":{"read":2,"inserted":2,"updated":0,"unchanged":0,"dead-lettered":0,"filtered":0,"departed":0,"superseded":0,)"
      R"("settled":0,"left":0},"amount_unknown":0,"money":{"NGN":{"read":"100","inserted":"100","updated":"0","unchanged":"0",)"
      R"("dead-lettered":"0","filtered":"0","departed":"0","superseded":"0","settled":"0","left":"0"}}})");
}

}  // namespace
}  // namespace sentinel::engine::test
