// What an operator relies on while runs go on: limits, progress, checkpoints, and rows of an older mapping.
#include "engine/run/checkpoint.hpp"
#include "engine/run/mapping_note.hpp"
#include "sql_pipeline.hpp"

namespace sentinel::engine::test {
namespace {

class Watch : public SqlPipelineTest {
 protected:
  std::string older_rows(const Parts& parts) {
    const auto file = load(parts);
    const auto said = engine::older_rows(file, *open_store());
    return said && *said ? **said : "";
  }
};

const Parts kDecimals{.transforms = "  - { use: kobo_to_decimal, field: amount, to: naira }\n"};

TEST_F(Watch, ALimitStopsAtACheckpointAndTheNextRunGoesOnThere) {
  fill(numbered(10));
  shelf().page_rows = 3;
  const auto first = run_it({}, {.limit = 4});
  ASSERT_OK(first.fault);
  EXPECT_TRUE(first.is_limited);
  EXPECT_EQ(first.balance.landed(), 4u);
  EXPECT_EQ(one("SELECT MAX(seq), MAX(cursor_to) FROM sentinel_batch"), "2|4");
  clock_.advance(1000);
  const auto rest = run_it({}, {.limit = 6});
  EXPECT_FALSE(rest.is_limited) << "it read all there is";
  EXPECT_EQ(rest.balance.landed(), 6u);
  EXPECT_EQ(one("SELECT COUNT(*) FROM donations"), "10");
  const auto runs = open_store()->last_runs("donations", 2);
  ASSERT_EQ(runs->size(), 2u);
  EXPECT_EQ((*runs)[1].reason, "stopped at the limit of 4 records; the next run continues from there");
}

TEST_F(Watch, ProgressIsToldAtTheStartAndAfterEachBatch) {
  fill(numbered(7));
  shelf().page_rows = 3;
  std::vector<std::uint64_t> told;
  RunOptions options;
  options.on_progress = [&](const RunProgress& progress) {
    if (told.empty() || told.back() != progress.records) told.push_back(progress.records);
  };
  ASSERT_OK(run_it({}, options).fault);
  EXPECT_EQ(told, (std::vector<std::uint64_t>{0, 3, 6, 7}));
}

TEST_F(Watch, AResetCheckpointReadsEverythingAgainAsUnchanged) {
  fill(numbered(5));
  ASSERT_OK(run_it().fault);
  const auto file = load();
  ASSERT_OK(reset_checkpoint(file, registry_, services_, state_folder_));
  const auto lanes = show_checkpoint(file, registry_, services_, state_folder_);
  ASSERT_TRUE(lanes) << lanes.error().message();
  ASSERT_EQ(lanes->size(), 1u);
  EXPECT_EQ(lanes->front().cursor, "");
  EXPECT_EQ(lanes->front().seq, 2) << "the reset is a batch of its own in the ledger";
  EXPECT_EQ(lanes->front().holder, "") << "the lanes are let go";
  EXPECT_EQ(one("SELECT COUNT(*) FROM sentinel_batch WHERE seq = 2 AND read_records = 0"), "1");
  const auto again = run_it();
  ASSERT_OK(again.fault);
  EXPECT_EQ(count(again.balance, BalanceLine::kUnchanged), 5u);
}

TEST_F(Watch, ShowingACheckpointTakesNothing) {
  fill(numbered(5));
  ASSERT_OK(run_it().fault);
  const auto before = one("SELECT epoch, seq, heartbeat FROM sentinel_lane");
  const auto lanes = show_checkpoint(load(), registry_, services_, state_folder_);
  ASSERT_TRUE(lanes) << lanes.error().message();
  ASSERT_EQ(lanes->size(), 1u);
  EXPECT_EQ(lanes->front().cursor, "5");
  EXPECT_GE(lanes->front().heartbeat_age_ms, 0);
  EXPECT_EQ(one("SELECT epoch, seq, heartbeat FROM sentinel_lane"), before);
}

TEST_F(Watch, NoCheckpointIsResetBesideARun) {
  fill(numbered(2));
  ASSERT_OK(run_it().fault);
  const auto lock = store::FolderLock::take(state_folder_, "donations", "run");
  ASSERT_TRUE(lock);
  EXPECT_EQ(reset_checkpoint(load(), registry_, services_, state_folder_).code(), Code::kFenced);
  EXPECT_EQ(one("SELECT seq FROM sentinel_lane"), "1");
}

TEST_F(Watch, AChangedMappingSaysThatOlderRowsStayUntilAFullRun) {
  fill(numbered(3));
  ASSERT_OK(run_it(kDecimals).fault);
  EXPECT_EQ(older_rows(kDecimals), "");
  const Parts changed{.transforms = kDecimals.transforms + "  - { use: choose, reject: R }\n"};
  EXPECT_NE(older_rows(changed).find("sentinel run --full"), std::string::npos) << "check says it before the run";
  shelf().records.push_back({"A9999"});
  ASSERT_OK(run_it(changed).fault);
  EXPECT_NE(log_.text().find("rows that landed before keep the old mapping"), std::string::npos) << log_.text();
  EXPECT_NE(older_rows(changed).find("rows that landed before 20"), std::string::npos) << older_rows(changed);
  ASSERT_OK(run_it(changed, {.full = true}).fault);
  EXPECT_EQ(older_rows(changed), "");
}

}  // namespace
}  // namespace sentinel::engine::test
