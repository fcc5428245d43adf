// Settling a batch: every line of the balance, the letters it makes and closes, and the money witness.
#include "engine/delivery/account.hpp"
#include "engine/testing/pipeline_test_support.hpp"

#include <algorithm>

namespace sentinel::engine::test {
namespace {

using store::LetterStatus;

class AccountTest : public PipelineTest {
 protected:
  void SetUp() override {
    PipelineTest::SetUp();
    store_ = open_store();
  }
  void open(const Parts& parts = {}) {
    file_ = load(parts);
    auto chain = Chain::open(file_, registry_, services_);
    ASSERT_TRUE(chain) << chain.error().message();
    chain_ = std::move(*chain);
    auto schema = chain_->bind();
    ASSERT_TRUE(schema) << schema.error().message();
    known_ = std::make_unique<KnownLetters>(*store_, file_.name, file_.source_id);
    ASSERT_OK(known_->load());
    accountant_ = std::make_unique<Accountant>(
        file_, *known_, StageOwners{{"choose", {"test_stages", "1.2.3"}}, {"records", {"test_stages", "1.2.3"}}},
        clock_);
    accountant_->bind(*schema);
  }
  PreparedBatch read() {
    auto batch = chain_->next("", 1000, 1 << 20);
    EXPECT_TRUE(batch) << batch.error().message();
    return batch ? std::move(*batch) : PreparedBatch{};
  }
  // What a sink would answer: these outcomes, and a conflict for each rejected row.
  static plugins::WrittenBatch written(std::vector<Outcome> outcomes) {
    plugins::WrittenBatch answer;
    answer.outcome = std::move(outcomes);
    for (std::size_t i = 0; i < answer.outcome.size(); ++i)
      if (answer.outcome[i] == Outcome::kRejected)
        answer.rejected.push_back({static_cast<std::int64_t>(i), Status(Code::kConflict, "there is one already")});
    return answer;
  }
  Account settle(const PreparedBatch& batch, std::vector<Outcome> outcomes) {
    auto account = accountant_->settle(batch, written(std::move(outcomes)));
    EXPECT_TRUE(account) << account.error().message();
    return account ? std::move(*account) : Account{};
  }
  Account settle_inserted() {
    const auto batch = read();
    return settle(batch, std::vector<Outcome>(batch.arriving.origin.size(), Outcome::kInserted));
  }
  // The letters of `account` become facts, as after a commit.
  void keep(const Account& account) {
    const auto delivery = "d" + std::to_string(++deliveries_);
    ASSERT_OK(store_->add_pending(delivery, account.to_store));
    ASSERT_OK(store_->confirm(delivery));
    for (const auto& letter : account.to_store) known_->add(letter.source_key);
  }
  static std::uint64_t count(const Account& account, BalanceLine line) { return account.balance.records(line); }
  static std::string money(const Account& account, BalanceLine line, const std::string& currency = "NGN") {
    const auto found = account.balance.money().find(currency);
    return found == account.balance.money().end() ? "none" : to_string(found->second[static_cast<std::size_t>(line)]);
  }

  std::unique_ptr<store::Store> store_;
  config::PipelineFile file_;
  std::unique_ptr<Chain> chain_;
  std::unique_ptr<KnownLetters> known_;
  std::unique_ptr<Accountant> accountant_;
  int deliveries_ = 0;
};

const std::string kChoose = "  - { use: choose, filter: F, reject: R }\n";

TEST_F(AccountTest, EveryRecordGoesToItsLineWithItsMoney) {
  fill({{"A0", 1},
        {"A1", 20},
        {"A2", 300},
        {"A3", 4000},
        {"A4", 50000},
        {"F5", 600000},
        {"R6", 7000000},
        {"U7", 0, "NGN", 1, false, true}});
  open({.transforms = kChoose});
  const auto account = settle(
      read(), {Outcome::kInserted, Outcome::kUpdated, Outcome::kUnchanged, Outcome::kSuperseded, Outcome::kRejected});
  const auto expect = [&](BalanceLine line, std::uint64_t records, const std::string& minor) {
    EXPECT_EQ(count(account, line), records) << kBalanceLineNames[static_cast<std::size_t>(line)].name;
    EXPECT_EQ(money(account, line), minor) << kBalanceLineNames[static_cast<std::size_t>(line)].name;
  };
  expect(BalanceLine::kRead, 8, "7654321");
  expect(BalanceLine::kInserted, 1, "1");
  expect(BalanceLine::kUpdated, 1, "20");
  expect(BalanceLine::kUnchanged, 1, "300");
  expect(BalanceLine::kSuperseded, 1, "4000");
  expect(BalanceLine::kDeadLettered, 3, "7050000");
  expect(BalanceLine::kFiltered, 1, "600000");
  expect(BalanceLine::kDeparted, 0, "0");
  expect(BalanceLine::kSettled, 0, "0");
  EXPECT_EQ(account.balance.amount_unknown(), 1u) << "what never became a row has no amount";
  EXPECT_EQ(account.new_records, 5u)
      << "two that landed and three refused: what was unchanged, filtered or superseded is not new";
  EXPECT_EQ(account.new_rejects, 3u);
  EXPECT_EQ(account.facts.size(), 3u);
  EXPECT_TRUE(account.superseded.empty());
}

TEST_F(AccountTest, ALetterHoldsTheSourceRecordAndWhoRefusedIt) {
  fill({{"A0", 1}, {"R1", 500}, {"A2", 7}});
  open({.transforms = kChoose});
  const auto account = settle(read(), {Outcome::kInserted, Outcome::kRejected});
  ASSERT_EQ(account.to_store.size(), 2u);
  const auto& refused = account.to_store[0];
  EXPECT_EQ(refused.source_key, "R1");
  EXPECT_EQ(refused.stage, "choose");
  EXPECT_EQ(refused.plugin, "test_stages");
  EXPECT_EQ(refused.plugin_version, "1.2.3");
  EXPECT_EQ(refused.reason.message(), "refused by rule");
  EXPECT_EQ(refused.minor, "500");
  EXPECT_EQ(refused.currency, "NGN");
  EXPECT_EQ(refused.record, R"({"ref":"R1","amount":500,"currency":"NGN","revision":1})");
  EXPECT_EQ(refused.pipeline, "donations");
  EXPECT_EQ(refused.source_id, file_.source_id);
  EXPECT_EQ(refused.first_seen_ms, clock_.now_unix_ms());
  EXPECT_EQ(account.to_store[1].stage, "pile");
  EXPECT_EQ(account.to_store[1].source_key, "A2");
  EXPECT_EQ(account.to_store[1].reason.code(), Code::kConflict);
  ASSERT_EQ(account.facts.size(), 2u);
  EXPECT_EQ(account.facts[0].state, LetterState::kOpen);
  EXPECT_EQ(account.facts[0].letter_id, refused.letter_id);
  EXPECT_EQ(account.facts[0].minor, "500");
}

TEST_F(AccountTest, AnUnreadableRecordKeepsItsBytesAndItsPlace) {
  fill({{"U0", 0, "NGN", 1, false, true}, {"", 0, "NGN", 1, false, true}});
  open();
  const auto account = settle_inserted();
  ASSERT_EQ(account.to_store.size(), 2u);
  EXPECT_EQ(account.to_store[0].source_key, "U0");
  EXPECT_EQ(account.to_store[0].raw, "raw bytes of U0");
  EXPECT_EQ(account.to_store[0].position, "place 0");
  EXPECT_EQ(account.to_store[0].stage, "records");
  EXPECT_TRUE(account.to_store[0].record.empty());
  EXPECT_EQ(account.to_store[1].source_key, account.to_store[1].record_hash) << "without a key the content names it";
  EXPECT_EQ(account.balance.amount_unknown(), 2u);
}

TEST_F(AccountTest, AKnownLetterIsOwedButNotNew) {
  fill({{"R0", 500}});
  open({.transforms = kChoose});
  const auto first = settle_inserted();
  EXPECT_EQ(first.new_rejects, 1u);
  keep(first);
  const auto again = settle_inserted();
  EXPECT_EQ(count(again, BalanceLine::kDeadLettered), 1u);
  EXPECT_EQ(again.new_records, 0u);
  EXPECT_EQ(again.new_rejects, 0u);
  EXPECT_TRUE(again.facts.empty());
  EXPECT_EQ(again.to_store.size(), 1u) << "to note that it was seen";
}

TEST_F(AccountTest, ADiscardedRecordThatCameAgainAsItWasIsSettled) {
  fill({{"R0", 500}});
  open({.transforms = kChoose});
  const auto first = settle_inserted();
  keep(first);
  ASSERT_OK(store_->close(std::vector{first.to_store[0].letter_id}, LetterStatus::kDiscarded, "given up"));
  const auto again = settle_inserted();
  EXPECT_EQ(count(again, BalanceLine::kSettled), 1u);
  EXPECT_EQ(money(again, BalanceLine::kSettled), "500");
  EXPECT_EQ(count(again, BalanceLine::kDeadLettered), 0u);
  EXPECT_TRUE(again.to_store.empty());
  EXPECT_TRUE(again.facts.empty());
  EXPECT_EQ(again.new_records, 0u);

  fill({{"R0", 501}});
  const auto edited = settle_inserted();
  EXPECT_EQ(count(edited, BalanceLine::kDeadLettered), 1u) << "another content is another letter";
  EXPECT_EQ(edited.new_rejects, 1u);
  EXPECT_TRUE(edited.superseded.empty()) << "what was discarded stays discarded";
}

TEST_F(AccountTest, ANewerReadOfTheKeyClosesOlderLetters) {
  fill({{"R0", 500}, {"R1", 600}, {"R2", 700}});
  open({.transforms = kChoose});
  const auto first = settle_inserted();
  keep(first);
  const auto id_of = [&](std::size_t i) { return first.to_store[i].letter_id; };

  fill({{"R0", 501}});
  const auto refused_again = settle_inserted();
  EXPECT_EQ(refused_again.superseded, std::vector{id_of(0)}) << "only the last content is owed";
  ASSERT_EQ(refused_again.facts.size(), 2u);
  EXPECT_EQ(refused_again.facts[0].state, LetterState::kSuperseded);
  EXPECT_EQ(refused_again.facts[0].letter_id, id_of(0));
  EXPECT_EQ(refused_again.facts[1].state, LetterState::kOpen);

  fill({{"R1", 600}});
  open();  // the rule is gone
  for (const auto outcome : {Outcome::kInserted, Outcome::kUpdated, Outcome::kUnchanged}) {
    const auto landed = settle(read(), {outcome});
    EXPECT_EQ(landed.superseded, std::vector{id_of(1)});
  }

  fill({{"R2", 700, "NGN", 1, true}});
  const auto filtered = settle(read(), {});
  EXPECT_EQ(filtered.superseded, std::vector{id_of(2)});
  EXPECT_EQ(count(filtered, BalanceLine::kFiltered), 1u);
}

TEST_F(AccountTest, AWordOfRefusalAfterLandingReopens) {
  fill({{"R0", 500}});
  open({.transforms = kChoose});
  const auto first = settle_inserted();
  keep(first);
  ASSERT_OK(store_->close(std::vector{first.to_store[0].letter_id}, LetterStatus::kRecovered, "landed"));
  const auto again = settle_inserted();
  EXPECT_EQ(again.new_rejects, 1u);
  ASSERT_EQ(again.facts.size(), 1u);
  EXPECT_EQ(again.facts[0].letter_id, first.to_store[0].letter_id);
}

TEST_F(AccountTest, ATransformThatChangesAnAmountIsCaught) {
  fill({{"A0", 100}, {"A1", 200}, {"A2", 300}});
  open({.transforms = "  - { use: lie, field: amount, by: 1 }\n"});
  ASSERT_TRUE(accountant_->witnesses_money());
  const auto batch = read();
  const auto account =
      accountant_->settle(batch, written({Outcome::kInserted, Outcome::kUpdated, Outcome::kUnchanged}));
  ASSERT_FALSE(account);
  EXPECT_EQ(account.error().code(), Code::kInternal);
  EXPECT_EQ(account.error().message(),
            "the money does not balance: NGN 300 in minor units were read to land, 302 were handed to the sink");
  EXPECT_TRUE(accountant_->settle(batch, written({Outcome::kUnchanged, Outcome::kSuperseded, Outcome::kRejected})))
      << "nothing of it lands";
}

TEST_F(AccountTest, TheDecimalMadeFromTheMoneyFieldIsTheWitness) {
  fill({{"A0", 12345}, {"A1", -5}, {"A2", std::nullopt}});
  open({.transforms = "  - { use: kobo_to_decimal, field: amount, to: naira }\n"});
  ASSERT_TRUE(accountant_->witnesses_money());
  const auto account = settle_inserted();
  EXPECT_EQ(money(account, BalanceLine::kInserted), "12340");

  open({.transforms =
            "  - { use: lie, field: amount, by: -1 }\n  - { use: kobo_to_decimal, field: amount, to: naira }\n"});
  const auto lied = accountant_->settle(read(), written({Outcome::kInserted, Outcome::kInserted, Outcome::kInserted}));
  ASSERT_FALSE(lied);
  EXPECT_NE(lied.error().message().find("NGN 12340 in minor units were read to land, 12338 were handed"),
            std::string::npos)
      << lied.error().message();
}

TEST_F(AccountTest, MoneyIsWitnessedByCurrency) {
  fill({{"A0", 100, "NGN"}, {"A1", 200, "USD"}});
  open({.transforms = "  - { use: lie, field: amount, by: 1 }\n",
        .money = "money: { field: amount, currency_field: currency }\n"});
  EXPECT_FALSE(accountant_->settle(read(), written({Outcome::kUnchanged, Outcome::kInserted})));
  open({.money = "money: { field: amount, currency_field: currency }\n"});
  const auto account = settle_inserted();
  EXPECT_EQ(money(account, BalanceLine::kInserted, "NGN"), "100");
  EXPECT_EQ(money(account, BalanceLine::kInserted, "USD"), "200");
}

TEST_F(AccountTest, WithoutMoneyOnlyRecordsCount) {
  fill({{"A0", 100}, {"R1", 200}});
  open({.transforms = kChoose, .money = ""});
  EXPECT_FALSE(accountant_->witnesses_money());
  const auto account = settle_inserted();
  EXPECT_TRUE(account.balance.money().empty());
  EXPECT_EQ(account.to_store.at(0).minor, "");
}

}  // namespace
}  // namespace sentinel::engine::test
