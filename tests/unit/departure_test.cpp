// Records that leave after they landed: in the same batch, by mark or by deletion, with their money, and back again.
#include "engine/compare/verify.hpp"

#include "sql_pipeline.hpp"

namespace sentinel::engine::test {
namespace {

class Departing : public SqlPipelineTest {
 protected:
  void remove_deleted(std::size_t at, Departure action) {
    shelf().records[at].is_left_out = true;
    shelf().records[at].leaves = action;
  }
  std::string left(const std::string& ref) {
    return one("SELECT left_at IS NOT NULL FROM donations WHERE ref = '" + ref + "'");
  }
};

TEST_F(Departing, MarksTheRowInTheSameBatchAndClearsTheMarkWhenTheRecordIsBack) {
  shelf().marks = true;
  fill({{"A0", 100}, {"A1", 200}, {"A2", 300}});
  ASSERT_OK(run_it().fault);
  remove_deleted(1, Departure::kMark);
  auto report = run_it({}, {.full = true});
  ASSERT_OK(report.fault);
  EXPECT_EQ(count(report.balance, BalanceLine::kDeparted), 1u);
  EXPECT_EQ(left("A1"), "1");
  EXPECT_EQ(left("A0"), "0");
  EXPECT_EQ(one("SELECT left_records, read_records FROM sentinel_batch ORDER BY seq DESC LIMIT 1"), "1|3");
  EXPECT_EQ(one("SELECT left_minor FROM sentinel_batch_money ORDER BY seq DESC LIMIT 1"), "200");
  // Marked already: nothing to do.
  report = run_it({}, {.full = true});
  EXPECT_EQ(count(report.balance, BalanceLine::kDeparted), 0u);
  EXPECT_EQ(count(report.balance, BalanceLine::kFiltered), 1u);
  shelf().records[1].is_left_out = false;
  report = run_it({}, {.full = true});
  EXPECT_EQ(count(report.balance, BalanceLine::kUpdated), 1u);
  EXPECT_EQ(left("A1"), "0");
}

TEST_F(Departing, DeletesTheRowAndTheBalanceHolds) {
  shelf().removes = true;
  fill({{"A0", 100}, {"A1", 200}});
  ASSERT_OK(run_it().fault);
  remove_deleted(0, Departure::kDelete);
  const auto report = run_it({}, {.full = true});
  ASSERT_OK(report.fault);
  EXPECT_EQ(count(report.balance, BalanceLine::kDeparted), 1u);
  EXPECT_EQ(look("SELECT ref FROM donations"), std::vector<std::string>{"A1"});
}

TEST_F(Departing, AFilterLetsGoWhatStillPassesTheStagesBehindIt) {
  const Parts parts{.transforms =
                        "  - { use: filter, keep: { currency: NGN }, on_departure: mark }\n"
                        "  - { use: choose, reject: R }\n"
                        "  - { use: kobo_to_decimal, field: amount, to: naira }\n"};
  fill({{"A0", 100}, {"A1", 200}});
  ASSERT_OK(run_it(parts).fault);
  shelf().records[1].currency = "REFUNDED";
  // Never landed, and a later stage would refuse it: filtered, and no dead letter.
  shelf().records.push_back({"R9", 500, "REFUNDED"});
  const auto report = run_it(parts, {.full = true});
  ASSERT_OK(report.fault);
  EXPECT_EQ(count(report.balance, BalanceLine::kDeparted), 1u);
  EXPECT_EQ(count(report.balance, BalanceLine::kFiltered), 1u);
  EXPECT_EQ(left("A1"), "1");
  EXPECT_TRUE(letters().empty());
  const auto verified = verify(load(parts), registry_, services_, state_folder_, {});
  EXPECT_TRUE(verified.is_equal()) << verified.fault.message() << verified.missing << verified.different
                                   << verified.extra;
}

TEST_F(Departing, OfOneKeyThatLeavesAndArrivesInABatchTheLaterRecordCounts) {
  shelf().marks = true;
  fill({{"A0", 100}, {"A1", 100}});
  ASSERT_OK(run_it().fault);
  fill({{"A0", 100}, {"A0", 150, "NGN", 2}, {"A1", 170, "NGN", 2}, {"A1", 180, "NGN", 3}});
  remove_deleted(0, Departure::kMark);
  remove_deleted(3, Departure::kMark);
  const auto report = run_it({}, {.full = true});
  ASSERT_OK(report.fault);
  EXPECT_EQ(look("SELECT amount, left_at IS NOT NULL FROM donations ORDER BY ref"),
            (std::vector<std::string>{"150|0", "170|1"}));
  EXPECT_EQ(count(report.balance, BalanceLine::kSuperseded), 1u);
  EXPECT_EQ(count(report.balance, BalanceLine::kDeparted), 1u);
}

TEST_F(Departing, ClosesTheLettersOfItsKey) {
  shelf().marks = true;
  fill({{"R1", 100}});
  ASSERT_OK(run_it({.transforms = kRejectR}).fault);
  ASSERT_EQ(letters().size(), 1u);
  remove_deleted(0, Departure::kMark);
  ASSERT_OK(run_it({}, {.full = true}).fault);
  EXPECT_TRUE(letters().empty());
}

TEST_F(Departing, ATableWithoutTheColumnIsRefusedWithTheCure) {
  fill({{"A0", 100}});
  ASSERT_OK(run_it().fault);
  shelf().marks = true;
  const auto report = run_it();
  EXPECT_EQ(report.exit_code, kExitConfig);
  EXPECT_NE(report.fault.message().find("ADD COLUMN left_at TEXT NULL"), std::string::npos) << report.fault.message();
}

}  // namespace
}  // namespace sentinel::engine::test
