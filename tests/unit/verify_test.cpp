// What a comparison finds, on the real SQL sink: nothing after a run, and each kind of difference that is planted.
#include "engine/compare/verify.hpp"
#include "engine/compare/trace.hpp"

#include "sql_pipeline.hpp"

namespace sentinel::engine::test {
namespace {

class Verify : public SqlPipelineTest {
 protected:
  VerifyReport verify_it(const Parts& parts = {}, const VerifyOptions& options = {}) {
    return verify(load(parts), registry_, services_, state_folder_, options);
  }
  const Parts with_money_{.transforms = "  - { use: kobo_to_decimal, field: amount, to: naira }\n"};
};

std::vector<std::string> words(const VerifyReport& report) {
  std::vector<std::string> lines;
  for (const auto& example : report.examples) {
    auto line = example.kind + " " + example.key;
    for (const auto& field : example.fields) line += " " + field;
    lines.push_back(line);
  }
  return lines;
}

TEST_F(Verify, IsEqualAfterARunAndAllThreeWitnessesAgree) {
  fill({{"A0", 12345}, {"A1", -1, "USD"}, {"A2", std::nullopt, std::nullopt}});
  auto parts = with_money_;
  parts.money = "money: { field: amount, currency_field: currency }\n";
  ASSERT_OK(run_it(parts).fault);
  const auto report = verify_it(parts);
  ASSERT_OK(report.fault);
  EXPECT_TRUE(report.is_equal());
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_EQ(report.equal, 3u);
  ASSERT_TRUE(report.money.contains("NGN") && report.money.contains("USD"));
  for (const auto& [currency, minor] : {std::pair("NGN", 12345), std::pair("USD", -1)}) {
    const auto& sums = report.money.at(currency);
    EXPECT_EQ(to_string(sums.source), std::to_string(minor));
    EXPECT_EQ(to_string(sums.rows), std::to_string(minor));
    ASSERT_TRUE(sums.database.has_value());
    EXPECT_EQ(to_string(*sums.database), std::to_string(minor));
  }
}

TEST_F(Verify, NamesWhatIsMissingDifferentAndExtra) {
  fill(numbered(5));
  ASSERT_OK(run_it(with_money_).fault);
  execute("DELETE FROM donations WHERE ref = 'A1001'");
  execute("UPDATE donations SET naira = '1.01', currency = 'USD' WHERE ref = 'A1003'");
  execute("INSERT INTO donations (ref, currency, revision, naira) VALUES ('X9', 'NGN', 1, '0.05')");
  const auto report = verify_it(with_money_);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.exit_code, kExitStorage);
  EXPECT_EQ(words(report), (std::vector<std::string>{"missing A1001", "different A1003 naira currency", "extra X9"}));
  EXPECT_EQ(to_string(report.money.at("NGN").source), "500");
  EXPECT_EQ(to_string(*report.money.at("NGN").database), "406");
}

TEST_F(Verify, LettersAndFilteredRecordsAreAccountedFor) {
  const Parts parts{.transforms = "  - { use: choose, filter: F, reject: R }\n"};
  fill({{"A0"}, {"R1", 500}, {"F2"}, {"U3", 1, "NGN", 1, false, true}});
  ASSERT_OK(run_it(parts).fault);
  auto report = verify_it(parts);
  EXPECT_TRUE(report.is_equal());
  EXPECT_EQ(report.owed, 2u);
  EXPECT_EQ(report.filtered, 1u);
  // A record that today's rules would refuse, and that no run has met.
  shelf().records.push_back({"R9"});
  report = verify_it(parts);
  EXPECT_EQ(report.unrecorded, 1u);
  EXPECT_EQ(report.exit_code, kExitStorage);
}

TEST_F(Verify, ARowWhoseRecordIsRefusedNowIsHeldAndNotExtra) {
  fill({{"R1", 500}, {"F2"}});
  ASSERT_OK(run_it().fault);
  const Parts stricter{.transforms = "  - { use: choose, filter: F, reject: R }\n"};
  shelf().records[0].amount = 700;
  ASSERT_OK(run_it(stricter, {.full = true}).fault);
  const auto report = verify_it(stricter);
  EXPECT_TRUE(report.is_equal());
  EXPECT_EQ(report.held, 2u);
  EXPECT_EQ(report.owed, 1u);
}

TEST_F(Verify, ARowIsHeldWhereTheTransformThatRefusesItsRecordMakesTheKey) {
  const Parts parts{
      .transforms =
          "  - { use: map, fields: { ref: currency, amount: { from: amount_text, type: integer }, name: ref } "
          "}\n",
      .source_options = ", text_amounts: true"};
  fill({{"A0", 100, "X0"}, {"A1", 200, "X1"}, {"A2", 300, "X2"}});
  ASSERT_OK(run_it(parts).fault);
  shelf().records[2].amount.reset();  // its text is no number any more
  ASSERT_OK(run_it(parts, {.full = true}).fault);
  auto report = verify_it(parts);
  EXPECT_TRUE(report.is_equal());
  EXPECT_EQ(report.held, 1u);
  execute("UPDATE donations SET ref = 'X9' WHERE ref = 'X2'");
  report = verify_it(parts);
  EXPECT_EQ(words(report), std::vector<std::string>{"extra X9"});
}

TEST_F(Verify, OfSeveralRecordsWithOneKeyTheLastCounts) {
  fill({{"A0", 100, "NGN", 1}, {"A1", 100}, {"A0", 300, "NGN", 2}});
  ASSERT_OK(run_it().fault);
  const auto report = verify_it();
  EXPECT_TRUE(report.is_equal());
  EXPECT_EQ(report.superseded, 1u);
  EXPECT_EQ(report.expected, 2u);
}

TEST_F(Verify, WhatChangesWhileItIsReadIsReadAgainBeforeItCounts) {
  fill(numbered(3));
  ASSERT_OK(run_it().fault);
  shelf().records[1].amount = 900;  // as the source is read now
  shelf().after_read = [this] { shelf().records[1].amount = 100; };
  const auto report = verify_it();
  shelf().after_read = nullptr;
  EXPECT_TRUE(report.is_equal());
  EXPECT_EQ(report.moved, 1u);
}

TEST_F(Verify, FieldsThatChangeMeanwhileAreComparedOnceMore) {
  fill(numbered(4));
  ASSERT_OK(run_it().fault);
  shelf().grows_at = 2;
  shelf().after_read = [this, reads = 0]() mutable {
    if (++reads == 2) shelf().grows_at = -1;  // back again before the second comparison
  };
  const auto report = verify_it();
  shelf().after_read = nullptr;
  EXPECT_TRUE(report.is_equal()) << report.fault.message();
  EXPECT_NE(log_.text().find("reading both sides once more"), std::string::npos) << log_.text();
}

TEST_F(Verify, RepairLandsWhatIsMissingOrDifferentAndLeavesTheCheckpoint) {
  fill(numbered(500));
  ASSERT_OK(run_it(with_money_).fault);
  const auto cursor = one("SELECT cursor FROM sentinel_lane WHERE lane = 0");
  execute("DELETE FROM donations WHERE CAST(substr(ref, 2) AS INTEGER) % 2 = 0");
  execute("UPDATE donations SET naira = '7.00' WHERE ref = 'A1001'");
  execute("INSERT INTO donations (ref, currency, revision, naira) VALUES ('X9', 'NGN', 1, '0.05')");
  const auto report = verify_it(with_money_, {.repair = true});
  ASSERT_OK(report.fault);
  ASSERT_TRUE(report.repaired.has_value());
  EXPECT_EQ(report.repaired->balance.landed(), 251u);
  EXPECT_EQ(report.exit_code, kExitStorage);  // the extra row is still there
  EXPECT_EQ(one("SELECT cursor FROM sentinel_lane WHERE lane = 0"), cursor);
  EXPECT_EQ(words(verify_it(with_money_)), std::vector<std::string>{"extra X9"});
}

TEST_F(Verify, WritesNothingAndLeavesNoFile) {
  fill(numbered(3));
  ASSERT_OK(run_it().fault);
  execute("DELETE FROM donations WHERE ref = 'A1001'");
  verify_it();
  EXPECT_EQ(one("SELECT COUNT(*) FROM donations"), "2");
  EXPECT_EQ(one("SELECT COUNT(*) FROM sentinel_run"), "1");
  for (const auto& entry : std::filesystem::directory_iterator(state_folder_))
    EXPECT_EQ(entry.path().filename().string().find("compare"), std::string::npos);
}

TEST_F(Verify, AStopEndsItCleanly) {
  fill(numbered(3));
  ASSERT_OK(run_it().fault);
  stop_.request(15);
  EXPECT_EQ(verify_it().exit_code, 143);
}

class KeyOfTwoFields : public Verify {
 protected:
  std::string sink_yaml() const override {
    return "sink: { use: sql, connection: \"sqlite:" + target().string() +
           "\", table: donations, key: [currency, ref] }\n";
  }
};

TEST_F(KeyOfTwoFields, IsTracedAsAJsonArray) {
  fill({{"A0", 100, "NGN"}, {"A1", 200, "USD"}});
  const Parts parts{.money = ""};
  ASSERT_OK(run_it(parts).fault);
  EXPECT_TRUE(verify_it(parts).is_equal());
  const auto by_source = trace(load(parts), registry_, services_, state_folder_, "A1");
  EXPECT_TRUE(by_source.is_in_target && by_source.is_same);
  shelf().records.clear();
  const auto by_target = trace(load(parts), registry_, services_, state_folder_, R"(["USD","A1"])");
  ASSERT_OK(by_target.fault);
  EXPECT_TRUE(by_target.is_in_target);
  EXPECT_NE(by_target.row.find("200"), std::string::npos) << by_target.row;
  EXPECT_FALSE(trace(load(parts), registry_, services_, state_folder_, "[\"USD\"]").is_in_target);
}

}  // namespace
}  // namespace sentinel::engine::test
