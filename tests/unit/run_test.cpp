// Whole runs into SQLite: what lands, what stays, what is owed, and what another start makes of it.
#include "sql_pipeline.hpp"

namespace sentinel::engine::test {
namespace {

using store::LetterStatus;

class SqlRun : public SqlPipelineTest {
 protected:
  // A run that makes the tables, with nothing to read.
  void make_target() {
    fill({});
    ASSERT_OK(run_it().fault);
  }
};

TEST_F(SqlRun, LandsExactlyAndSaysSoInTheLedger) {
  fill({{"A0", 12345}, {"A1", -1}, {"R2", 500}, {"F3", 7}});
  const auto report = run_it(
      {.transforms =
           "  - { use: choose, filter: F, reject: R }\n  - { use: kobo_to_decimal, field: amount, to: naira }\n"});
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_EQ(look("SELECT ref, naira FROM donations ORDER BY ref"), (std::vector<std::string>{"A0|123.45", "A1|-0.01"}));
  EXPECT_EQ(one("SELECT seq, cursor_to, read_records, inserted_records, dead_lettered_records, filtered_records FROM "
                "sentinel_batch"),
            "1|4|4|2|1|1");
  EXPECT_EQ(
      one("SELECT currency, read_minor, inserted_minor, dead_lettered_minor, filtered_minor FROM sentinel_batch_money"),
      "NGN|12851|12344|500|7");
  EXPECT_EQ(one("SELECT source_key, minor, state FROM sentinel_dead_letter"), "R2|500|open");
  EXPECT_EQ(one("SELECT state, exit_code, read_records FROM sentinel_run"), "finished|0|4");
  ASSERT_EQ(letters().size(), 1u);
  EXPECT_EQ(letters()[0].status, LetterStatus::kWaiting);
}

TEST_F(SqlRun, ASecondRunReadsNothingAndAFullOneChangesNothing) {
  fill(numbered(20));
  shelf().page_rows = 7;
  ASSERT_EQ(run_it().balance.landed(), 20u);
  EXPECT_EQ(one("SELECT MAX(seq) FROM sentinel_batch"), "3");
  EXPECT_EQ(count(run_it().balance, BalanceLine::kRead), 0u);
  const auto full = run_it({}, {.full = true});
  ASSERT_OK(full.fault);
  EXPECT_EQ(count(full.balance, BalanceLine::kUnchanged), 20u);
  EXPECT_EQ(one("SELECT COUNT(*) FROM donations"), "20");
}

TEST_F(SqlRun, EditsUpdateAndOlderVersionsAreSuperseded) {
  fill({{"A0", 100, "NGN", 5}, {"A1", 100, "NGN", 5}, {"A2", 100, "NGN", 5}});
  ASSERT_OK(run_it().fault);
  fill({{"A0", 200, "NGN", 6}, {"A1", 300, "NGN", 4}, {"A2", 100, "NGN", 5}});
  const auto report = run_it({}, {.full = true});
  ASSERT_OK(report.fault);
  EXPECT_EQ(count(report.balance, BalanceLine::kUpdated), 1u);
  EXPECT_EQ(count(report.balance, BalanceLine::kSuperseded), 1u);
  EXPECT_EQ(count(report.balance, BalanceLine::kUnchanged), 1u);
  EXPECT_EQ(look("SELECT amount FROM donations ORDER BY ref"), (std::vector<std::string>{"200", "100", "100"}));
}

TEST_F(SqlRun, OfOneKeyTwiceTheLastLandsAndTheMoneyOfTheOtherIsSuperseded) {
  fill({{"A0", 100}, {"A1", 30}, {"A0", 250}});
  const auto report = run_it({.transforms = "  - { use: kobo_to_decimal, field: amount, to: naira }\n"});
  ASSERT_OK(report.fault);
  EXPECT_EQ(look("SELECT ref, naira FROM donations ORDER BY ref"), (std::vector<std::string>{"A0|2.50", "A1|0.30"}));
  EXPECT_EQ(one("SELECT read_records, inserted_records, superseded_records FROM sentinel_batch"), "3|2|1");
  EXPECT_EQ(one("SELECT read_minor, inserted_minor, superseded_minor FROM sentinel_batch_money"), "380|280|100");
}

TEST_F(SqlRun, AKeyThatARecordKeepsIsNoReasonToWarnWhenTheSourceChanges) {
  const Parts parts{.transforms = "  - { use: map, fields: { ref: currency, amount: amount } }\n", .money = ""};
  auto swapped = parts;
  swapped.shelf = shelf_name_ + "_other";
  fill({{"A0", 1, "X0"}, {"A1", 2, "X1"}});
  test::shelf(swapped.shelf).records = {{"B7", 1, "X0"}, {"B8", 2, "X1"}};
  ASSERT_OK(run_it(parts).fault);
  EXPECT_EQ(run_it(swapped).balance.records(BalanceLine::kUnchanged), 2u);
  EXPECT_EQ(log_.text().find("own key"), std::string::npos) << log_.text();
}

TEST_F(SqlRun, AnotherSourceBeginsAnewAndTheFormerResumes) {
  const auto other = shelf_name_ + "_other";
  fill(numbered(4));
  test::shelf(other).records = numbered(3, "B");
  ASSERT_EQ(run_it().balance.landed(), 4u);
  const auto swapped = run_it({.shelf = other});
  EXPECT_EQ(swapped.balance.landed(), 3u);
  EXPECT_NE(log_.text().find("the source changed from"), std::string::npos);
  EXPECT_NE(log_.text().find("the key of the target (ref) is made from the source's own key (ref)"), std::string::npos);
  shelf().records.push_back({"A9"});
  const auto back = run_it();
  EXPECT_EQ(count(back.balance, BalanceLine::kRead), 1u);
  EXPECT_EQ(one("SELECT COUNT(*) FROM donations"), "8");
}

TEST_F(SqlRun, OneRowThatTheDatabaseRefusesHurtsNoNeighbour) {
  make_target();
  execute(
      "CREATE TRIGGER cursed BEFORE INSERT ON donations WHEN new.amount = 666 BEGIN SELECT RAISE(ABORT, 'cursed'); "
      "END");
  fill(numbered(50));
  shelf().records[17].amount = 666;
  const auto report = run_it();
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.balance.landed(), 49u);
  EXPECT_EQ(report.new_letters, 1u);
  ASSERT_EQ(letters().size(), 1u);
  EXPECT_EQ(letters()[0].stage, "sql");
  EXPECT_EQ(letters()[0].source_key, "A1017");
  EXPECT_EQ(letters()[0].minor, "666");
  EXPECT_EQ(letter_state(letters()[0].letter_id), "open");
}

TEST_F(SqlRun, ASourceThatGrowsAFieldIsBoundAgainAndTheRunGoesOn) {
  make_target();
  execute("ALTER TABLE donations ADD COLUMN note TEXT");
  fill(numbered(20));
  shelf().grows_at = 15;
  const auto report = run_it();
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.balance.landed(), 20u);
  EXPECT_EQ(one("SELECT COUNT(*), COUNT(note), MIN(note) FROM donations"), "20|5|note of A1015");
}

TEST_F(SqlRun, AFieldThatTheTargetCannotHoldStopsTheRunAndWhatLandedStays) {
  fill(numbered(20));
  shelf().grows_at = 15;
  const auto report = run_it();
  EXPECT_EQ(report.exit_code, kExitConfig);
  EXPECT_NE(report.fault.message().find("note"), std::string::npos) << report.fault.message();
  EXPECT_EQ(one("SELECT COUNT(*) FROM donations"), "15");
  EXPECT_EQ(one("SELECT state, exit_code FROM sentinel_run"), "failed|2");
}

TEST_F(SqlRun, AnImbalanceLandsNothing) {
  fill(numbered(3));
  const auto report = run_it({.transforms = "  - { use: lie, field: amount, by: 1 }\n"});
  EXPECT_EQ(report.exit_code, kExitStorage);
  EXPECT_EQ(one("SELECT COUNT(*) FROM donations"), "0");
  EXPECT_EQ(one("SELECT COUNT(*) FROM sentinel_batch"), "0");
}

TEST_F(SqlRun, AnOpenBreakerRollsItsBatchBackAndLeavesNoLetters) {
  fill(numbered(79));
  for (int i = 0; i < 21; ++i) shelf().records.push_back({"R" + std::to_string(i)});
  const auto report = run_it({.transforms = kRejectR});
  EXPECT_EQ(report.exit_code, kExitBreakerOpen);
  EXPECT_EQ(one("SELECT COUNT(*) FROM donations"), "0");
  EXPECT_EQ(one("SELECT COUNT(*) FROM sentinel_dead_letter"), "0");
  EXPECT_TRUE(letters().empty());
  EXPECT_TRUE(letters({LetterStatus::kPending}).empty());
  EXPECT_EQ(one("SELECT exit_code FROM sentinel_run"), "4");
}

TEST_F(SqlRun, ARecordEditedIntoShapeClosesItsLetterEverywhere) {
  fill({{"R0", 500}, {"R1", 600}});
  ASSERT_OK(run_it({.transforms = kRejectR}).fault);
  const auto owed = letters();
  ASSERT_EQ(owed.size(), 2u);
  fill({{"R0", 501}, {"R1", 600}});
  const auto report = run_it({.transforms = "  - { use: choose, reject: R1 }\n"}, {.full = true});
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.new_letters, 0u) << "the other one is known";
  const auto& closed = owed[0].source_key == "R0" ? owed[0] : owed[1];
  EXPECT_EQ(letter_state(closed.letter_id), "superseded");
  ASSERT_EQ(letters().size(), 1u);
  EXPECT_EQ(letters()[0].source_key, "R1");
  EXPECT_EQ(letters({LetterStatus::kSuperseded}).size(), 1u);
}

TEST_F(SqlRun, TwiceTheSameBadRecordInOneBatchIsOneLetterAndBalances) {
  fill({{"U0", 0, "NGN", 1, false, true}, {"U0", 0, "NGN", 1, false, true}, {"R1", 5}, {"R1", 5}});
  const auto report = run_it({.transforms = kRejectR});
  ASSERT_OK(report.fault);
  EXPECT_EQ(count(report.balance, BalanceLine::kDeadLettered), 4u);
  EXPECT_EQ(letters().size(), 2u);
  EXPECT_EQ(one("SELECT COUNT(*) FROM sentinel_dead_letter"), "2");
  ASSERT_OK(run_it({.transforms = kRejectR}).fault);
}

TEST_F(SqlRun, PendingLettersOfACrashAreWhatTheDestinationSays) {
  fill({{"R0", 500}});
  ASSERT_OK(run_it({.transforms = kRejectR}).fault);
  const auto known = letters().at(0);
  auto fact = known, fiction = known;
  fact.letter_id = std::string(32, 'a');
  fact.source_key = "committed";
  fiction.letter_id = std::string(32, 'b');
  fiction.source_key = "rolled back";
  execute(
      "INSERT INTO sentinel_dead_letter (letter_id, pipeline, source_id, source_key, record_hash, lane, seq, state, "
      "opened_at) "
      "SELECT '" +
      fact.letter_id +
      "', pipeline, source_id, 'committed', record_hash, lane, seq, state, opened_at FROM "
      "sentinel_dead_letter");
  ASSERT_OK(open_store()->add_pending("first", std::vector{fact}));
  ASSERT_OK(open_store()->add_pending("second", std::vector{fiction}));
  ASSERT_OK(run_it({.transforms = kRejectR}).fault);
  const auto open = letters();
  ASSERT_EQ(open.size(), 2u);
  EXPECT_EQ(std::set<std::string>({open[0].source_key, open[1].source_key}),
            (std::set<std::string>{"R0", "committed"}));
  EXPECT_TRUE(letters({LetterStatus::kPending}).empty());
}

TEST_F(SqlRun, ALetterClosedInTheDestinationIsClosedHere) {
  fill({{"R0", 500}});
  ASSERT_OK(run_it({.transforms = kRejectR}).fault);
  execute("UPDATE sentinel_dead_letter SET state = 'discarded'");
  ASSERT_OK(run_it({.transforms = kRejectR}).fault);
  EXPECT_TRUE(letters().empty());
}

TEST_F(SqlRun, ALetterWithoutPayloadStopsWithTheCureUntilItIsGivenUp) {
  fill({{"R0", 500}, {"A1"}});
  ASSERT_OK(run_it({.transforms = kRejectR}).fault);
  const auto id = letters().at(0).letter_id;
  state_folder_ = folder_ / "another_state";
  const auto stopped = run_it({.transforms = kRejectR});
  EXPECT_EQ(stopped.exit_code, kExitStorage);
  EXPECT_NE(stopped.fault.message().find(id), std::string::npos) << stopped.fault.message();
  EXPECT_NE(stopped.fault.message().find("sentinel dlq discard"), std::string::npos) << stopped.fault.message();
  EXPECT_EQ(letter_state(id), "open");
  EXPECT_EQ(one("SELECT COUNT(*) FROM sentinel_lane WHERE holder <> ''"), "0") << "the lanes are let go";
  EXPECT_EQ(one("SELECT COUNT(*) FROM sentinel_run WHERE state = 'running'"), "0");
  ASSERT_OK(discard(load({.transforms = kRejectR}), registry_, services_, state_folder_, {id}, "not worth it"));
  EXPECT_EQ(letter_state(id), "discarded");
  EXPECT_EQ(run_it({.transforms = kRejectR}).exit_code, 0);
}

TEST_F(SqlRun, APipelineHeldElsewhereIsLeftAloneUnlessTakenOver) {
  fill(numbered(2));
  ASSERT_OK(run_it().fault);
  execute(
      "UPDATE sentinel_lane SET holder = 'elsewhere:1', holder_place = 'elsewhere', heartbeat = strftime('%Y-%m-%d "
      "%H:%M:%f', 'now')");
  shelf().records.push_back({"A9"});
  const auto refused = run_it();
  EXPECT_EQ(refused.exit_code, kExitFenced);
  EXPECT_NE(refused.fault.message().find("--take-over"), std::string::npos) << refused.fault.message();
  EXPECT_EQ(run_it({}, {.take_over = true}).balance.landed(), 1u);
}

TEST_F(SqlRun, ARunThatWasStoppedIsRecordedWithItsExitCode) {
  make_target();
  stop_.request(15);
  EXPECT_EQ(run_it().exit_code, 143);
  EXPECT_EQ(one("SELECT exit_code FROM sentinel_run WHERE state = 'stopped'"), "143");
}

TEST_F(SqlRun, OneRunAtATime) {
  fill(numbered(2));
  const auto lock = store::FolderLock::take(
      state_folder_ =
          [&] {
            EXPECT_TRUE(open_store());
            return state_folder_;
          }(),
      "donations", "run");
  ASSERT_TRUE(lock) << lock.error().message();
  EXPECT_EQ(run_it().exit_code, kExitFenced);
  EXPECT_FALSE(std::filesystem::exists(target()));
}

class AppendingRun : public SqlPipelineTest {
 protected:
  std::string sink_yaml() const override {
    return "sink: { use: sql, connection: \"sqlite:" + target().string() + "\", table: donations, mode: append }\n";
  }
};

TEST_F(AppendingRun, LandsEveryRecordOnceAndTheOnesThatDiedByReplay) {
  shelf().is_read_once = true;
  shelf().page_rows = 2;
  fill({{"A0"}, {"A0"}, {"R2"}, {"A3"}});
  ASSERT_EQ(run_it({.transforms = kRejectR}).balance.landed(), 3u);
  EXPECT_EQ(count(run_it({.transforms = kRejectR}).balance, BalanceLine::kRead), 0u);
  EXPECT_EQ(replay_it().fault.message(), "");
  EXPECT_EQ(look("SELECT ref FROM donations ORDER BY ref"), (std::vector<std::string>{"A0", "A0", "A3", "R2"}));
}

TEST_F(AppendingRun, RefusesWhatMayBeReadAgain) {
  fill(numbered(3));
  const auto passes = run_it();
  EXPECT_EQ(passes.exit_code, kExitConfig);
  EXPECT_NE(passes.fault.message().find("may be read more than once"), std::string::npos) << passes.fault.message();
  shelf().is_read_once = true;
  ASSERT_EQ(run_it().balance.landed(), 3u);
  const auto full = run_it({}, {.full = true});
  EXPECT_EQ(full.exit_code, kExitConfig);
  EXPECT_NE(full.fault.message().find("--full"), std::string::npos) << full.fault.message();
  EXPECT_EQ(one("SELECT COUNT(*) FROM donations"), "3");
}

}  // namespace
}  // namespace sentinel::engine::test
