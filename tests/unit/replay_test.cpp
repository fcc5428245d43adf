// Dead letters through today's pipeline: landed, failed again, closed meanwhile, given up.
#include "sql_pipeline.hpp"

namespace sentinel::engine::test {
namespace {

using store::LetterStatus;

class Replays : public SqlPipelineTest {
 protected:
  // Runs with a rule that refuses R…; answers the letters by key.
  std::map<std::string, store::StoredLetter> owed(std::vector<Record> records) {
    fill(std::move(records));
    const auto report = run_it({.transforms = kRejectR});
    EXPECT_TRUE(report.fault.ok()) << report.fault.message();
    std::map<std::string, store::StoredLetter> by_key;
    for (auto& letter : letters()) by_key[letter.source_key] = letter;
    return by_key;
  }
  std::string landed() { return one("SELECT COUNT(*) FROM donations"); }
};

TEST_F(Replays, AMendedRuleLandsTheRecordsAndClosesTheLetters) {
  const auto before = owed({{"R0", 500}, {"A1", 1}, {"R2", 600}});
  const auto report = replay_it();
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_EQ(report.recovered, 2u);
  EXPECT_EQ(count(report.balance, BalanceLine::kInserted), 2u);
  EXPECT_EQ(look("SELECT ref, amount FROM donations ORDER BY ref"),
            (std::vector<std::string>{"A1|1", "R0|500", "R2|600"}));
  EXPECT_EQ(letter_state(before.at("R0").letter_id), "recovered");
  EXPECT_TRUE(letters().empty());
  EXPECT_EQ(letters({LetterStatus::kRecovered}).size(), 2u);
  EXPECT_EQ(replay_it().recovered, 0u);
  const auto again = run_it({}, {.full = true});
  ASSERT_OK(again.fault);
  EXPECT_EQ(count(again.balance, BalanceLine::kUnchanged), 3u) << "nothing is doubled";
}

TEST_F(Replays, AFetchedRecordIsReplayedAsTheSourceHoldsItNow) {
  ReplayOptions fetching;
  fetching.ignore_due = true;
  fetching.fetch = true;
  const auto before = owed({{"R0", 500}, {"R1", 600}, {"A2", 1}, {"U3", 0, "NGN", 1, false, true}});
  fill({{"R0", 777}, {"A2", 1}, {"U3", 30}});  // one mended, one deleted, one readable now
  const auto report = replay_it({}, fetching);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.fetched, 2u);
  EXPECT_EQ(report.recovered, 3u);
  EXPECT_EQ(report.not_replayable, 0u);
  EXPECT_EQ(look("SELECT ref, amount FROM donations ORDER BY ref"),
            (std::vector<std::string>{"A2|1", "R0|777", "R1|600", "U3|30"}))
      << "what the source no longer holds is replayed as it was stored";
  for (const auto* key : {"R0", "R1", "U3"}) EXPECT_EQ(letter_state(before.at(key).letter_id), "recovered") << key;
  EXPECT_TRUE(letters().empty());
}

TEST_F(Replays, AFetchedRecordThatIsRefusedAgainKeepsItsLetter) {
  ReplayOptions fetching;
  fetching.ignore_due = true;
  fetching.fetch = true;
  const auto before = owed({{"R0", 500}, {"U1", 0, "NGN", 1, false, true}});
  const auto report = replay_it({.transforms = kRejectR}, fetching);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.fetched, 2u);
  EXPECT_EQ(report.failed_again, 2u);
  EXPECT_EQ(letters().size(), 2u);
  for (const auto& [key, letter] : before) EXPECT_EQ(letter_state(letter.letter_id), "open") << key;
  EXPECT_EQ(one("SELECT COUNT(*) FROM donations"), "0");
}

TEST_F(Replays, AReasonThatBelongsToALaterVersionOfTheRecordSaysSo) {
  ReplayOptions fetching;
  fetching.ignore_due = true;
  fetching.fetch = true;
  owed({{"R0", 500}, {"R1", 600}});
  fill({{"R0", 777}, {"R1", 600}});
  const auto report = replay_it({.transforms = kRejectR}, fetching);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.failed_again, 2u);
  std::map<std::string, bool> says_so;
  for (const auto& letter : letters())
    says_so[letter.source_key] = letter.reason.message().starts_with("as the source holds the record now: ");
  EXPECT_EQ(says_so, (std::map<std::string, bool>{{"R0", true}, {"R1", false}}));
}

TEST_F(Replays, AKeyThatTheSourceHoldsTwiceIsReplayedAsItWasStored) {
  ReplayOptions fetching;
  fetching.ignore_due = true;
  fetching.fetch = true;
  owed({{"R0", 500}});
  fill({{"R0", 777}, {"R0", 888}});
  const auto report = replay_it({}, fetching);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.fetched, 0u);
  EXPECT_EQ(report.recovered, 1u);
  EXPECT_EQ(look("SELECT ref, amount FROM donations"), std::vector<std::string>{"R0|500"});
  EXPECT_NE(log_.text().find("several records with one key"), std::string::npos) << log_.text();
}

TEST_F(Replays, AnEditWinsOverWhatTheSourceHolds) {
  ReplayOptions fetching;
  fetching.ignore_due = true;
  fetching.fetch = true;
  const auto before = owed({{"R0", 500}});
  const auto& letter = before.at("R0");
  auto edited = letter.record;
  const auto at = edited.find("500");
  ASSERT_NE(at, std::string::npos) << edited;
  edited.replace(at, 3, "501");
  ASSERT_OK(open_store()->edit(letter.letter_id, edited, "by ada: amount"));
  const auto report = replay_it({}, fetching);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.fetched, 0u);
  EXPECT_EQ(look("SELECT ref, amount FROM donations"), std::vector<std::string>{"R0|501"});
}

TEST_F(Replays, FailuresWaitLongerAndLongerAndThenForAPerson) {
  owed({{"R0", 500}});
  const Parts parts{.transforms = kRejectR, .more = "dead_letter: { quarantine_after: 5 }\n"};
  constexpr std::int64_t kMinute = 60000;
  constexpr std::int64_t kWaits[] = {1 * kMinute, 5 * kMinute, 30 * kMinute, 120 * kMinute};
  for (int attempt = 1; attempt <= 5; ++attempt) {
    const auto report = replay_it(parts);
    ASSERT_OK(report.fault);
    ASSERT_EQ(report.failed_again, 1u) << "attempt " << attempt;
    const auto letter = letters().at(0);
    EXPECT_EQ(letter.attempts, attempt);
    EXPECT_EQ(letter.status, attempt < 5 ? LetterStatus::kWaiting : LetterStatus::kQuarantined);
    EXPECT_EQ(replay_it(parts).failed_again, 0u) << "not due";
    if (attempt == 5) break;
    EXPECT_EQ(letter.next_attempt_ms - clock_.now_unix_ms(), kWaits[attempt - 1]) << "attempt " << attempt;
    clock_.advance(kWaits[attempt - 1]);
  }
  clock_.advance(1000 * kMinute);
  EXPECT_EQ(replay_it(parts).failed_again, 0u) << "it waits for a person";
  EXPECT_EQ(letter_state(letters().at(0).letter_id), "open");
  EXPECT_EQ(replay_it({}, {.letter_ids = {}, .ignore_due = true}).recovered, 1u);
}

TEST_F(Replays, ALetterClosedMeanwhileWritesNothing) {
  const auto before = owed({{"R0", 500}, {"R1", 600}});
  execute("UPDATE sentinel_dead_letter SET state = 'superseded' WHERE source_key = 'R0'");
  const auto main_run = store::FolderLock::take(state_folder_, "donations", "run");
  ASSERT_TRUE(main_run) << "a replay beside a run leaves the letters' fate to the target";
  const auto report = replay_it();
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.closed_elsewhere, 1u);
  EXPECT_EQ(report.recovered, 1u);
  EXPECT_EQ(count(report.balance, BalanceLine::kSettled), 1u);
  EXPECT_EQ(look("SELECT ref FROM donations"), std::vector<std::string>{"R1"});
  EXPECT_EQ(letter_state(before.at("R0").letter_id), "superseded");
  EXPECT_TRUE(letters().empty());
}

TEST_F(Replays, ARowThatTheDatabaseRefusesIsOwedAgain) {
  const auto before = owed({{"R0", 666}, {"R1", 600}});
  execute(
      "CREATE TRIGGER cursed BEFORE INSERT ON donations WHEN new.amount = 666 BEGIN SELECT RAISE(ABORT, 'cursed'); "
      "END");
  const auto report = replay_it();
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.recovered, 1u);
  EXPECT_EQ(report.failed_again, 1u);
  EXPECT_EQ(landed(), "1");
  EXPECT_EQ(letter_state(before.at("R0").letter_id), "open");
  const auto open = letters();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].stage, "sql");
  EXPECT_EQ(open[0].attempts, 1);
  execute("DROP TRIGGER cursed");
  clock_.advance(60 * 60 * 1000);
  EXPECT_EQ(replay_it().recovered, 1u);
  EXPECT_EQ(landed(), "2");
}

TEST_F(Replays, WhatTodaysPipelineLeavesOutIsClosed) {
  const auto before = owed({{"R0", 500}});
  const auto report = replay_it({.transforms = "  - { use: choose, filter: R }\n"});
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.filtered, 1u);
  EXPECT_EQ(landed(), "0");
  EXPECT_EQ(letter_state(before.at("R0").letter_id), "superseded");
  EXPECT_TRUE(letters().empty());
}

TEST_F(Replays, ANewerRowStaysAsItIs) {
  owed({{"R0", 500, "NGN", 3}});
  execute("INSERT INTO donations (ref, amount, currency, revision) VALUES ('R0', 999, 'NGN', 3)");
  const auto report = replay_it();
  ASSERT_OK(report.fault);
  EXPECT_EQ(count(report.balance, BalanceLine::kSuperseded), 1u);
  EXPECT_EQ(one("SELECT amount FROM donations"), "999");
  EXPECT_TRUE(letters().empty());
}

TEST_F(Replays, WhatWasGivenUpIsSettledWhenItIsReadAgain) {
  const auto before = owed({{"R0", 500}, {"R1", 600}});
  const auto id = before.at("R0").letter_id;
  ASSERT_OK(discard(load({.transforms = kRejectR}), registry_, services_, state_folder_, {id}, "not ours"));
  EXPECT_EQ(letter_state(id), "discarded");
  const auto given_up = letters({LetterStatus::kDiscarded});
  ASSERT_EQ(given_up.size(), 1u);
  EXPECT_EQ(given_up[0].note, "not ours");
  const auto again = run_it({.transforms = kRejectR}, {.full = true});
  ASSERT_OK(again.fault);
  EXPECT_EQ(count(again.balance, BalanceLine::kSettled), 1u);
  EXPECT_EQ(count(again.balance, BalanceLine::kDeadLettered), 1u);
  EXPECT_EQ(replay_it().recovered, 1u) << "only the other one";
  EXPECT_EQ(letter_state(id), "discarded");
}

TEST_F(Replays, WhatNeverWasARowWaitsForANewRead) {
  owed({{"U0", 0, "NGN", 1, false, true}, {"R1", 600}});
  const auto report = replay_it();
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.not_replayable, 1u);
  EXPECT_EQ(report.recovered, 1u);
  ASSERT_EQ(letters().size(), 1u);
  EXPECT_EQ(letters()[0].attempts, 0);
}

TEST_F(Replays, LettersAreChosenByIdAndClosedOnesRefused) {
  const auto before = owed({{"R0", 500}, {"R1", 600}});
  const auto report = replay_it({}, {.letter_ids = {before.at("R1").letter_id}});
  ASSERT_OK(report.fault);
  EXPECT_EQ(look("SELECT ref FROM donations"), std::vector<std::string>{"R1"});
  const auto closed = replay_it({}, {.letter_ids = {before.at("R1").letter_id}});
  EXPECT_EQ(closed.exit_code, kExitConfig);
  EXPECT_NE(closed.fault.message().find("recovered, not open"), std::string::npos) << closed.fault.message();
  const auto foreign = replay_it({.name = "others"}, {.letter_ids = {before.at("R0").letter_id}});
  EXPECT_EQ(foreign.exit_code, kExitConfig);
  EXPECT_NE(foreign.fault.message().find("belongs to pipeline donations, not to others"), std::string::npos)
      << foreign.fault.message();
}

TEST_F(Replays, ManyLettersGoInSeveralBatches) {
  fill(numbered(1200, "R"));
  ASSERT_OK(run_it({.transforms = kRejectR, .more = "circuit_breaker: { max_failure_rate: 100% }\n"}).fault);
  const auto report = replay_it();
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.recovered, 1200u);
  EXPECT_EQ(landed(), "1200");
  EXPECT_EQ(one("SELECT COUNT(*), SUM(inserted_records) FROM sentinel_batch WHERE lane = -1"), "3|1200");
  EXPECT_EQ(one("SELECT cursor FROM sentinel_lane WHERE lane = 0"), "1200") << "a replay moves no checkpoint";
}

TEST_F(Replays, ATransformThatChangesAnAmountLandsNothing) {
  owed({{"R0", 500}});
  const auto report = replay_it({.transforms = "  - { use: lie, field: amount, by: 1 }\n"});
  EXPECT_EQ(report.exit_code, kExitStorage);
  EXPECT_EQ(landed(), "0");
  EXPECT_EQ(letters().size(), 1u);
}

}  // namespace
}  // namespace sentinel::engine::test
