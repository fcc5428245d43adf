// What persons do to dead letters: edits that land once and stay, release, erasure, limits.
#include "sql_pipeline.hpp"

#include "engine/compare/verify.hpp"
#include "engine/letters/edit.hpp"
#include "engine/letters/rebuild.hpp"
#include "engine/run/rounds.hpp"

#include <csignal>

namespace sentinel::engine::test {
namespace {

using store::LetterStatus;

class Letters : public SqlPipelineTest {
 protected:
  // Runs with a rule that refuses R…; answers the letter of R0.
  store::StoredLetter owed(std::vector<Record> records = {{"R0", 500}, {"A1", 1}}) {
    fill(std::move(records));
    const auto report = run_it(refusing_);
    EXPECT_TRUE(report.fault.ok()) << report.fault.message();
    return letters().at(0);
  }
  EditedRecord judged(const store::StoredLetter& letter, const std::string& record, const Parts& parts = {}) {
    auto edited = judge_edit(load(parts), registry_, services_, letter, record);
    EXPECT_TRUE(edited) << edited.error().message();
    return edited ? *edited : EditedRecord{};
  }
  std::string refusal(const store::StoredLetter& letter, const std::string& record) {
    const auto edited = judge_edit(load(), registry_, services_, letter, record);
    return edited ? "" : edited.error().message();
  }
  // Edits the amount of this letter and lands it.
  void land_edited(const store::StoredLetter& letter, const std::string& amount) {
    const auto record = with_fields(letter, {{"amount", amount}});
    ASSERT_TRUE(record) << record.error().message();
    ASSERT_OK(open_store()->edit(letter.letter_id, judged(letter, *record).record, "by ada: amount"));
    const auto report = replay_it();
    ASSERT_OK(report.fault);
    ASSERT_EQ(report.recovered, 1u);
  }
  std::string amount_of(const std::string& ref) {
    return one("SELECT amount FROM donations WHERE ref = '" + ref + "'");
  }

  const Parts refusing_{.transforms = kRejectR};
};

TEST_F(Letters, AnEditIsJudgedByTodaysTransformsAndWritesNothing) {
  const auto letter = owed();
  const auto record = with_fields(letter, {{"amount", "700"}});
  ASSERT_TRUE(record);
  const auto refused = judged(letter, *record, refusing_);
  EXPECT_EQ(refused.fate, EditedRecord::Fate::kRejected);
  EXPECT_EQ(refused.stage, "choose");
  EXPECT_EQ(refused.fields, std::vector<std::string>{"amount"});
  EXPECT_EQ(judged(letter, *record).fate, EditedRecord::Fate::kPasses);
  EXPECT_EQ(judged(letter, *record, {.transforms = "  - { use: choose, filter: R }\n"}).fate,
            EditedRecord::Fate::kFiltered);
  EXPECT_EQ(one("SELECT COUNT(*) FROM donations"), "1");
  EXPECT_FALSE(letters().at(0).is_edited);
}

TEST_F(Letters, AnEditThatIsNoRecordOfItsSourceIsRefused) {
  const auto letter = owed();
  EXPECT_EQ(with_fields(letter, {{"amuont", "1"}}).error().message(),
            "the record has no field \"amuont\"; did you mean \"amount\"?");
  EXPECT_EQ(with_fields(letter, {{"amount", "lots"}}).error().message(), "field \"amount\" takes a number");
  EXPECT_NE(refusal(letter, R"({"ref":"R9","amount":1,"currency":"NGN","revision":1})").find("record's key"),
            std::string::npos);
  const auto wrong_type = refusal(letter, R"({"ref":"R0","amount":"canary","currency":"NGN","revision":1})");
  EXPECT_NE(wrong_type.find("amount"), std::string::npos) << wrong_type;
  EXPECT_EQ(wrong_type.find("canary"), std::string::npos) << wrong_type;
  EXPECT_EQ(refusal(letter, "[1]"), "the edited record is not one JSON object");
}

TEST_F(Letters, AnEditLandsAndTheUnchangedRecordIsSettledAndOverwritesNothing) {
  const auto letter = owed();
  land_edited(letter, "700");
  EXPECT_EQ(amount_of("R0"), "700");
  EXPECT_EQ(letter_state(letter.letter_id), "recovered");
  for (const auto& parts : {Parts{}, refusing_}) {  // whether today's rule lets it pass or not
    const auto again = run_it(parts, {.full = true});
    ASSERT_OK(again.fault);
    EXPECT_EQ(count(again.balance, BalanceLine::kSettled), 1u);
    EXPECT_EQ(count(again.balance, BalanceLine::kDeadLettered), 0u);
    EXPECT_EQ(count(again.balance, BalanceLine::kUnchanged), 1u) << "its neighbour";
    EXPECT_EQ(amount_of("R0"), "700");
  }
  EXPECT_TRUE(letters().empty());
  const auto verified = verify(load(), registry_, services_, state_folder_, {});
  ASSERT_OK(verified.fault);
  EXPECT_EQ(verified.different + verified.missing + verified.extra, 0u) << "the edit is no difference";
}

TEST_F(Letters, AChangedRecordSupersedesTheEdit) {
  const auto letter = owed();
  land_edited(letter, "700");
  fill({{"R0", 800, "NGN", 2}, {"A1", 1}});
  ASSERT_OK(run_it({}, {.full = true}).fault);
  EXPECT_EQ(amount_of("R0"), "800");
  EXPECT_EQ(letters({LetterStatus::kSuperseded}).size(), 1u);
  fill({{"R0", 500, "NGN", 3}, {"A1", 1}});
  ASSERT_OK(run_it({}, {.full = true}).fault);
  EXPECT_EQ(amount_of("R0"), "500");
}

TEST_F(Letters, AChangedRuleMakesLettersDueThatAreNotYet) {
  owed();
  ASSERT_EQ(replay_it(refusing_).failed_again, 1u);
  EXPECT_EQ(replay_it(refusing_).failed_again, 0u) << "not due under the same rule";
  EXPECT_EQ(replay_it().recovered, 1u);
}

TEST_F(Letters, WhoNamesAQuarantinedLetterReleasesIt) {
  const auto letter = owed();
  const Parts once{.transforms = kRejectR, .more = "dead_letter: { quarantine_after: 2 }\n"};
  for (int i = 0; i < 2; ++i) ASSERT_OK(replay_it(once, {.letter_ids = {}, .ignore_due = true}).fault);
  ASSERT_EQ(letters().at(0).status, LetterStatus::kQuarantined);
  ASSERT_EQ(replay_it(once, {.letter_ids = {letter.letter_id}}).failed_again, 1u);
  EXPECT_EQ(letters().at(0).status, LetterStatus::kWaiting);
  EXPECT_EQ(letters().at(0).attempts, 1);
}

TEST_F(Letters, AFilterChoosesWhichAreTried) {
  owed({{"R0", 500}, {"R1", 600}});
  ReplayOptions options;
  options.ignore_due = true;
  options.filter.source_key = "R1";
  EXPECT_EQ(replay_it({}, options).recovered, 1u);
  EXPECT_EQ(look("SELECT ref FROM donations"), std::vector<std::string>{"R1"});
}

TEST_F(Letters, ErasureGivesUpInTheTargetAndKeepsTheAmount) {
  const auto letter = owed();
  const auto erased = erase(load(refusing_), registry_, services_, state_folder_, "R0", "by ada");
  ASSERT_TRUE(erased) << erased.error().message();
  EXPECT_EQ(*erased, 1);
  EXPECT_EQ(letter_state(letter.letter_id), "discarded");
  const auto left = letters({LetterStatus::kDiscarded}).at(0);
  EXPECT_EQ(left.record, "");
  EXPECT_EQ(left.minor + " " + left.currency, "500 NGN");
}

TEST_F(Letters, ALostStoreIsRebuiltFromTheSourceAndWhatIsGoneIsNamed) {
  owed({{"R0", 500}, {"R1", 600}, {"A2", 1}});
  state_folder_ = folder_ / "another_state";
  const auto stopped = run_it(refusing_);
  EXPECT_EQ(stopped.exit_code, kExitStorage);
  EXPECT_NE(stopped.fault.message().find("sentinel dlq rebuild"), std::string::npos) << stopped.fault.message();
  fill({{"R0", 500}, {"A2", 1}});
  const auto report = rebuild(load(refusing_), registry_, services_, state_folder_, "by ada");
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.rebuilt, 1u);
  ASSERT_EQ(report.missing.size(), 1u);
  EXPECT_EQ(report.missing[0].source_key, "R1");
  EXPECT_EQ(report.exit_code, kExitStorage) << "one is still without record";
  const auto held = letters();
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].stage, "choose");
  EXPECT_EQ(replay_it().recovered, 1u);
  EXPECT_EQ(one("SELECT amount FROM donations WHERE ref = 'R0'"), "500");
}

TEST_F(Letters, RoundsBeginWhenALetterIsDueAndEndWithAStop) {
  std::vector<std::int64_t> began;
  std::optional<std::int64_t> due_ms = clock_.now_unix_ms() + 30000;
  const auto start_ms = clock_.now_unix_ms();
  const auto next_due_ms = [&]() -> Result<std::optional<std::int64_t>> { return due_ms; };
  const auto round = [&] {
    began.push_back(clock_.now_unix_ms() - start_ms);
    due_ms = began.size() == 1 ? std::optional(clock_.now_unix_ms() + 300000) : std::nullopt;
    if (began.size() == 2) stop_.request(SIGTERM);
    return static_cast<int>(kExitUnreachable);
  };
  const auto code = repeat_when_due(services_, next_due_ms, round);
  ASSERT_TRUE(code);
  EXPECT_EQ(*code, kExitSignal + SIGTERM);
  EXPECT_EQ(began, (std::vector<std::int64_t>{30000, 330000}));
}

TEST_F(Letters, RoundsByTheClockKeepTheirPaceAndAWrongFileEndsThem) {
  std::vector<std::int64_t> began;
  const auto start_ms = clock_.now_unix_ms();
  const auto round = [&] {
    began.push_back(clock_.now_unix_ms() - start_ms);
    clock_.advance(began.size() == 2 ? 13000 : 3000);
    return static_cast<int>(began.size() == 4 ? kExitConfig : kExitUnreachable);
  };
  EXPECT_EQ(repeat_every(services_, std::chrono::milliseconds(10000), round), kExitConfig);
  EXPECT_EQ(began, (std::vector<std::int64_t>{0, 10000, 30000, 40000}));
  EXPECT_NE(log_.text().find("1 start was skipped: the last run took longer than 10s"), std::string::npos)
      << log_.text();
}

TEST_F(Letters, AStopInARoundEndsItWithTheSignal) {
  const auto round = [&] { return stop_.request(SIGINT), static_cast<int>(kExitBalanced); };
  EXPECT_EQ(repeat_every(services_, std::chrono::milliseconds(10000), round), kExitSignal + SIGINT);
}

TEST_F(Letters, MoreThanTheLimitStopTheRunAndLoseNothing) {
  const Parts limited{.transforms = kRejectR, .more = "dead_letter: { max_letters: 1 }\n"};
  fill({{"R0", 500}, {"A1", 1}});
  ASSERT_OK(run_it(limited).fault);  // as many as allowed
  fill({{"R0", 500}, {"A1", 1}, {"R2", 600}, {"A3", 7}});
  const auto stopped = run_it(limited);
  EXPECT_EQ(stopped.exit_code, kExitStorage);
  EXPECT_NE(stopped.fault.message().find("max_letters 1"), std::string::npos) << stopped.fault.message();
  EXPECT_EQ(letters().size(), 1u);
  EXPECT_EQ(look("SELECT ref FROM donations"), std::vector<std::string>{"A1"});
  ASSERT_OK(run_it(refusing_).fault);
  EXPECT_EQ(letters().size(), 2u) << "the batch came again";
}

TEST_F(Letters, RetentionRemovesTheRecordsOfClosedLettersAndSaysSo) {
  owed({{"R0", 500}, {"R1", 600}});
  ASSERT_EQ(replay_it({}, {.letter_ids = {letters().at(0).letter_id}}).recovered, 1u);
  const Parts keeping{.transforms = kRejectR, .more = "dead_letter: { retention: 1d }\n"};
  ASSERT_OK(run_it(keeping).fault);
  EXPECT_NE(letters({LetterStatus::kRecovered}).at(0).record, "");
  clock_.advance(25 * 3600000LL);
  ASSERT_OK(run_it(keeping).fault);
  EXPECT_EQ(letters({LetterStatus::kRecovered}).at(0).record, "");
  EXPECT_NE(letters().at(0).record, "") << "an open letter keeps its record";
  EXPECT_NE(log_.text().find("the records of 1 closed letters"), std::string::npos) << log_.text();
}

}  // namespace
}  // namespace sentinel::engine::test
