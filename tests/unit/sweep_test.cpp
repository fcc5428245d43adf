// Sweeps behind runs, on the real SQL sink: what is gone, what no cursor shows, and every reason to touch nothing.
#include "sql_pipeline.hpp"

#include "engine/compare/verify.hpp"

namespace sentinel::engine::test {
namespace {

class Sweep : public SqlPipelineTest {
 protected:
  static Parts mirror(const std::string& options, Parts parts = {}) {
    parts.more += "mirror: { " + options + " }\n";
    return parts;
  }
  // Its key in the target is made by the transform that may refuse it.
  static Parts mapped(const std::string& options) {
    Parts parts{
        .transforms =
            "  - use: map\n    fields: { donation: ref, amount: { from: amount_text, type: integer }, currency: "
            "currency }\n",
        .source_options = ", text_amounts: true"};
    parts.more = "mirror: { " + options + " }\n";
    return parts;
  }
  std::string sink_yaml() const override {
    return "sink: { use: sql, connection: \"sqlite:" + target().string() + "\", table: donations, key: [" + key_ +
           "] }\n";
  }
  void drop(const std::string& ref) {
    std::erase_if(shelf().records, [&](const Record& record) { return record.ref == ref; });
  }
  std::vector<std::string> refs(const std::string& where = "1") {
    return look("SELECT " + key_ + " FROM donations WHERE " + where + " ORDER BY 1");
  }
  void expect_exact(const Parts& parts) {
    const auto report = verify(load(parts), registry_, services_, state_folder_, {});
    EXPECT_TRUE(report.is_equal()) << report.fault.message();
  }
  using Refs = std::vector<std::string>;
  std::string key_ = "ref";
};

TEST_F(Sweep, MarksTheRowWhoseRecordIsGoneWithItsMoneyAndClearsTheMarkWhenItIsBack) {
  const auto parts = mirror("deletes: mark, every: 0s");
  fill({{"A0", 100}, {"A1", 250}, {"A2", 300}});
  auto report = run_it(parts);
  ASSERT_OK(report.fault);
  ASSERT_TRUE(report.sweep);
  EXPECT_EQ(report.sweep->departed + report.sweep->landed, 0u);
  drop("A1");
  report = run_it(parts);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.sweep->departed, 1u);
  EXPECT_EQ(count(report.balance, BalanceLine::kDeparted), 1u);
  EXPECT_EQ(refs("left_at IS NOT NULL"), Refs{"A1"});
  EXPECT_EQ(one("SELECT left_records FROM sentinel_batch ORDER BY seq DESC LIMIT 1"), "1");
  EXPECT_EQ(one("SELECT left_minor FROM sentinel_batch_money ORDER BY seq DESC LIMIT 1"), "250");
  expect_exact(parts);
  EXPECT_EQ(run_it(parts).sweep->departed, 0u);
  shelf().records.push_back({"A1", 250});
  EXPECT_EQ(run_it(parts).sweep->landed, 1u);
  EXPECT_EQ(refs("left_at IS NOT NULL"), Refs{});
}

TEST_F(Sweep, DeletesTheRowAndClosesTheLettersOfRecordsThatAreGone) {
  const auto parts = mirror("deletes: delete, every: 0s", {.transforms = kRejectR});
  fill({{"A0", 100}, {"A1", 200}, {"R2", 300}, {"R3", 400}});
  ASSERT_OK(run_it(parts).fault);
  ASSERT_EQ(letters().size(), 2u);
  drop("A1");
  drop("R3");
  const auto report = run_it(parts);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.sweep->departed, 1u);
  EXPECT_EQ(report.sweep->letters, 1u);
  EXPECT_EQ(refs(), Refs{"A0"});
  const auto open = letters();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].source_key, "R2");
  const auto closed = letters({store::LetterStatus::kSuperseded});
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].note, "its record was deleted in the source");
  EXPECT_NE(letter_state(closed[0].letter_id), "open");
  expect_exact(parts);
}

TEST_F(Sweep, TouchesNoneWhereMoreAreGoneThanTheRatioAllows) {
  fill(numbered(200));
  const auto parts = mirror("deletes: delete, every: 0s");
  ASSERT_OK(run_it(parts).fault);
  for (const auto* ref : {"A1000", "A1001", "A1002"}) drop(ref);
  auto report = run_it(parts);
  EXPECT_EQ(report.exit_code, kExitBreakerOpen);
  EXPECT_NE(
      report.fault.message().find(
          "3 of 200 rows and 0 of 0 open dead letters have no record any more, more than mirror.max_delete_ratio 1%"),
      std::string::npos)
      << report.fault.message();
  EXPECT_EQ(refs().size(), 200u);
  report = run_it(mirror("deletes: delete, every: 0s, max_delete_ratio: 2%"));
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.sweep->departed, 3u);
  EXPECT_EQ(refs().size(), 197u);
}

TEST_F(Sweep, LettersCloseInNoGreaterNumbersThanTheRatioAllows) {
  const auto parts = mirror("deletes: delete, every: 0s", {.transforms = kRejectR});
  fill({{"A0"}, {"R1"}, {"R2"}, {"R3"}});
  ASSERT_OK(run_it(parts).fault);
  fill({{"A0"}});
  const auto report = run_it(parts, {.full = true});
  EXPECT_EQ(report.exit_code, kExitBreakerOpen);
  EXPECT_NE(report.fault.message().find("3 of 3 open dead letters have no record"), std::string::npos)
      << report.fault.message();
  EXPECT_EQ(letters().size(), 3u);
}

TEST_F(Sweep, LandsEditsThatNoCursorShowsWhenItsTimeHasCome) {
  const auto parts = mirror("deletes: keep, every: 1h");
  fill(numbered(3));
  ASSERT_TRUE(run_it(parts).sweep.has_value());
  shelf().records[1].amount = 777;  // behind the cursor, and of the same revision
  execute("DELETE FROM donations WHERE ref = 'A1002'");
  EXPECT_FALSE(run_it(parts).sweep.has_value());
  EXPECT_EQ(one("SELECT amount FROM donations WHERE ref = 'A1001'"), "100");
  clock_.advance(3600 * 1000);
  const auto report = run_it(parts);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.sweep->landed, 2u);
  EXPECT_EQ(one("SELECT amount FROM donations WHERE ref = 'A1001'"), "777");
  expect_exact(parts);
  EXPECT_TRUE(run_it(parts, {.full = true}).sweep.has_value());
}

TEST_F(Sweep, TheRowOfARecordThatIsRefusedNowStaysAndOthersGo) {
  key_ = "donation";
  const auto parts = mapped("deletes: delete, every: 0s");
  fill({{"A0", 100}, {"A1", 200}, {"A2", 300}, {"A3", 400}});
  ASSERT_OK(run_it(parts).fault);
  shelf().records[1].amount.reset();  // its text is no number any more
  drop("A2");
  const auto report = run_it(parts);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.sweep->held_back, "");
  EXPECT_EQ(refs(), (Refs{"A0", "A1", "A3"}));
}

TEST_F(Sweep, AFieldThatHasTheNameOfTheKeyBeforeItIsTheKeyIsNotTakenForIt) {
  const Parts parts{
      .transforms = "  - { use: map, fields: { ref: currency, amount: { from: amount_text, type: integer } } }\n",
      .more = "mirror: { deletes: delete, every: 0s }\n",
      .source_options = ", text_amounts: true"};
  fill({{"A0", 100, "X0"}, {"A1", 200, "X1"}, {"A2", 300, "X2"}, {"A3", 400, "X3"}});
  ASSERT_OK(run_it(parts).fault);
  shelf().records[2].amount.reset();
  drop("A3");
  const auto report = run_it(parts, {.full = true});
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.sweep->held_back, "");
  EXPECT_EQ(refs(), (Refs{"X0", "X1", "X2"}));
}

TEST_F(Sweep, WhereTheKeyOfARefusedRecordCannotBeToldNoRowGoesUntilItsLetterIsGivenUp) {
  key_ = "donation";
  const auto parts = mapped("deletes: delete, every: 0s");
  fill({{"A0", 100}, {"A1", 200}, {"U2", 300}, {"A3", 400}});
  ASSERT_OK(run_it(parts).fault);
  shelf().records[2].is_unreadable = true;
  drop("A1");
  auto report = run_it(parts, {.full = true});
  ASSERT_OK(report.fault);
  EXPECT_NE(
      report.sweep->held_back.find("2 rows have no record that accounts for them, but the target key of 1 rejected "
                                   "records is unknown (the first is U2)"),
      std::string::npos)
      << report.sweep->held_back;
  EXPECT_EQ(refs(), (Refs{"A0", "A1", "A3", "U2"}));
  const auto open = letters();
  ASSERT_EQ(open.size(), 1u);
  ASSERT_OK(discard(load(parts), registry_, services_, state_folder_, {open[0].letter_id}, "test"));
  report = run_it(mapped("deletes: delete, every: 0s, max_delete_ratio: 50%"));
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.sweep->departed, 2u);
  EXPECT_EQ(refs(), (Refs{"A0", "A3"}));
}

TEST_F(Sweep, ARefusedRecordThatOwnedNoRowWhenAllWereAccountedForHoldsNothingBack) {
  key_ = "donation";
  const auto parts = mapped("deletes: delete, every: 0s");
  fill({{"A0", 100}, {"A1", 200}, {"U2", 300, "NGN", 1, false, true}, {"A3", 400}});
  ASSERT_OK(run_it(parts).fault);
  drop("A1");
  ASSERT_OK(run_it(parts, {.full = true}).fault);
  EXPECT_EQ(refs(), (Refs{"A0", "A3"}));
  // It lands, and is refused again: now it owns a row.
  shelf().records[1].is_unreadable = false;
  ASSERT_OK(run_it(parts, {.full = true}).fault);
  ASSERT_EQ(refs(), (Refs{"A0", "A3", "U2"}));
  shelf().records[1].is_unreadable = true;
  drop("A3");
  clock_.advance(1);
  const auto report = run_it(parts, {.full = true});
  EXPECT_NE(report.sweep->held_back, "");
  EXPECT_EQ(refs(), (Refs{"A0", "A3", "U2"}));
}

TEST_F(Sweep, ARecordThatAReadPassedOverIsFetchedAndItsRowStays) {
  const auto parts = mirror("deletes: delete, every: 0s");
  fill({{"A0", 100}, {"A1", 200}, {"A2", 300}});
  ASSERT_OK(run_it(parts).fault);
  shelf().records[1].is_passed_over = true;
  shelf().records[1].amount = 250;
  const auto report = run_it(parts);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.sweep->departed, 0u);
  EXPECT_EQ(one("SELECT amount FROM donations WHERE ref = 'A1'"), "250");
}

TEST_F(Sweep, RowsThatLandOrChangeMeanwhileStay) {
  const auto parts = mirror("deletes: delete, every: 0s, max_delete_ratio: 100%");
  fill({{"A0", 100}, {"A1", 200}, {"A2", 300}});
  ASSERT_OK(run_it(parts).fault);
  drop("A1");
  drop("A2");
  shelf().after_read = [&, reads = 0]() mutable {
    if (++reads != 2) return;  // the sweep's: it has read the target by now
    execute("UPDATE donations SET currency = 'USD' WHERE ref = 'A1'");
    execute("INSERT INTO donations (ref, amount, currency, revision) VALUES ('A9', 1, 'NGN', 1)");
  };
  const auto report = run_it(parts);
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.sweep->departed, 1u);
  EXPECT_EQ(refs(), (Refs{"A0", "A1", "A9"}));
}

TEST_F(Sweep, TheRowOfAnEditStaysThoughNoRecordHasItsKey) {
  key_ = "donation";
  const auto parts = mapped("deletes: delete, every: 0s");
  fill({{"A0", 100}, {"A1", 200}, {"A2", std::nullopt}});
  ASSERT_OK(run_it(parts).fault);
  const auto open = letters();
  ASSERT_EQ(open.size(), 1u);
  const std::string edited = R"({"ref":"B2","amount_text":"300","currency":"NGN","revision":1})";
  ASSERT_OK(open_store()->edit(open[0].letter_id, edited, "test"));
  ReplayOptions now;
  now.ignore_due = true;
  EXPECT_EQ(replay_it(parts, now).recovered, 1);
  drop("A1");
  const auto report = run_it(parts, {.full = true});
  ASSERT_OK(report.fault);
  EXPECT_EQ(report.sweep->held_back, "");
  EXPECT_EQ(refs(), (Refs{"A0", "B2"}));
}

TEST_F(Sweep, AMirrorThatSourceOrSinkCannotCarryOutIsRefusedWithItsPlace) {
  std::ofstream(folder_ / "gifts.csv") << "ref,amount\nA0,1\n";
  const auto path = folder_ / "csv.yaml";
  std::ofstream(path) << "version: 1\npipeline: gifts\nsource: { use: csv, path: " << (folder_ / "gifts.csv").string()
                      << ", key: [ref] }\n"
                      << sink_yaml() << "mirror: { deletes: mark }\n";
  const auto file = config::load_pipeline_file(path, registry_, [](const std::string&) { return std::nullopt; });
  ASSERT_TRUE(file.pipeline);
  const auto report = run(*file.pipeline, registry_, services_, state_folder_, {});
  EXPECT_EQ(report.exit_code, kExitConfig);
  EXPECT_NE(report.fault.message().find("csv.yaml:5:20: mirror: the source csv cannot list its keys, so nothing proves "
                                        "that a record was deleted; write deletes: keep"),
            std::string::npos)
      << report.fault.message();
}

}  // namespace
}  // namespace sentinel::engine::test
