// SIGKILL again and again, with a batch open and at random moments: in the end the target is that of one undisturbed
// run.
#include "gifts.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

namespace sentinel::integration {
namespace {

constexpr long long kRows = 60000;  // twelve batches

struct FailPoint {
  const char* name;
  bool batch_is_open;  // the transaction in the target stands open there
};
constexpr FailPoint kFailPoints[] = {
    {"deliver.written", true},    {"deliver.stored", true},  {"deliver.written", true},   {"deliver.stored", true},
    {"deliver.committed", false}, {"deliver.written", true}, {"deliver.confirmed", false}};

int times() { return std::getenv("SENTINEL_LONG") != nullptr ? 10 : 1; }

std::uint64_t choose_seed() {
  const char* given = std::getenv("SENTINEL_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "SENTINEL_SEED=" << seed << "\n";
  return seed;
}

class Kills : public testing::TestWithParam<Kind> {
 protected:
  Kills() : source_(GetParam() == Kind::kSqlite ? Kind::kSqlite : Kind::kMariadb), target_(GetParam()) {
    make_gifts(source_, kRows, Dirt::kSome);
    make_gifts_target(target_);
    pipeline_ = workspace_.write("gifts.yaml", gifts_pipeline());
  }

  // New work for the next pass, good and bad rows alike.
  void edit_source() {
    ++edits_;
    source_.rows("UPDATE gifts SET amount_kobo = amount_kobo + 1 WHERE id % 11 = " + std::to_string(edits_ % 11));
  }

  std::unique_ptr<Process> start(const Variables& more = {}) {
    return workspace_.start({"run", pipeline_, "--quiet"}, more);
  }

  // True if the program died by SIGKILL; a pass that came to its end instead gets new work.
  bool was_killed(const Finished& finished) {
    if (finished.signal == SIGKILL) {
      EXPECT_EQ(rows_without_ledger(), 0) << "rows and ledger are committed together";
      return true;
    }
    EXPECT_EQ(finished.exit_code, 0) << finished;
    edit_source();
    return false;
  }

  long long rows_without_ledger() const {
    if (!target_.has_table("sentinel_batch")) return target_.number("SELECT COUNT(*) FROM received_gifts");
    return target_.number(
        "SELECT (SELECT COUNT(*) FROM received_gifts) - (SELECT COALESCE(SUM(inserted_records), 0) FROM "
        "sentinel_batch)");
  }

  void kill_at_fail_points(int kills) {
    for (int i = 0, killed = 0; killed < kills && !HasFailure(); ++i) {
      const auto& point = kFailPoints[static_cast<std::size_t>(i) % std::size(kFailPoints)];
      const auto pass = std::uniform_int_distribution<int>(1, 3)(random_);
      const auto finished = start({{"SENTINEL_FAIL", point.name + (":kill@" + std::to_string(pass))}})->wait();
      if (!was_killed(finished)) continue;
      ++killed;
      if (point.batch_is_open) ++with_open_batch_;
    }
    killed_ += kills;
  }

  void kill_at_random_moments(int kills) {
    const auto began = std::chrono::steady_clock::now();
    const auto whole = start()->wait();
    EXPECT_EQ(whole.exit_code, 0) << whole;
    edit_source();
    const auto longest =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
    for (int killed = 0; killed < kills && !HasFailure();) {
      const auto moment = std::uniform_int_distribution<std::int64_t>(0, longest.count())(random_);
      const auto run = start();
      std::this_thread::sleep_for(std::chrono::microseconds(moment));  // the moment itself is what is tried
      run->signal(SIGKILL);
      if (was_killed(run->wait())) ++killed;
    }
    killed_ += kills;
  }

  void expect_like_one_undisturbed_run() {
    const auto last = workspace_.sentinel({"run", pipeline_});
    ASSERT_EQ(last.exit_code, 0) << last;
    Database reference(GetParam());
    make_gifts_target(reference);
    const Workspace undisturbed(source_.url(), reference.url());
    undisturbed.json({"run", pipeline_});
    expect_same_lines(landed_gifts(reference), landed_gifts(target_));
    expect_gifts_mirrored(source_, target_);
    EXPECT_EQ(rows_without_ledger(), 0);
    expect_letters_are(source_, target_, workspace_, pipeline_);
  }

  std::mt19937_64 random_{choose_seed()};
  Database source_, target_;
  Workspace workspace_{source_.url(), target_.url()};
  std::string pipeline_;
  int edits_ = 0, killed_ = 0, with_open_batch_ = 0;
};

TEST_P(Kills, OfTheMainRunLoseAndDoubleNothing) {
  kill_at_fail_points(44 * times());
  kill_at_random_moments(12 * times());
  std::cout << killed_ << " kills, " << with_open_batch_ << " of them with a batch open, " << edits_
            << " passes came to their end\n";
  EXPECT_GE(killed_, 50);
  EXPECT_GE(with_open_batch_, 30);
  expect_like_one_undisturbed_run();
}

TEST_P(Kills, OfTheReplayLoseAndDoubleNothing) {
  const auto first = workspace_.json({"run", pipeline_});
  const auto letters = records(first, "dead-lettered");
  ASSERT_EQ(letters, kRows / 1000);
  const auto mended =
      workspace_.write("gifts.yaml", replaced(gifts_pipeline(), "email: email, amount_kobo", "amount_kobo"));
  int killed = 0;
  for (int i = 0; i < 5 * times(); ++i) {
    const auto replay = workspace_.sentinel({"dlq", "retry", mended}, {{"SENTINEL_FAIL", "replay.written:kill@1"}});
    ASSERT_EQ(replay.signal, SIGKILL) << replay;
    EXPECT_EQ(target_.number("SELECT COUNT(*) FROM received_gifts"), kRows - letters);
    ++killed;
  }
  for (int i = 0; i < 10 * times(); ++i) {
    const auto moment = std::uniform_int_distribution<int>(0, 60000)(random_);
    const auto replay = workspace_.start({"dlq", "retry", mended});
    std::this_thread::sleep_for(std::chrono::microseconds(moment));
    replay->signal(SIGKILL);
    if (replay->wait().signal == SIGKILL) ++killed;
  }
  std::cout << killed << " kills of a replay\n";

  // Half of the letters broke a rule and land; the others are still too long for the target.
  const auto last = workspace_.sentinel({"dlq", "retry", mended});
  ASSERT_EQ(last.exit_code, 0) << last;
  const auto landed = kRows - letters / 2;
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM received_gifts"), landed);
  EXPECT_EQ(target_.number("SELECT COUNT(DISTINCT gift_id) FROM received_gifts"), landed);
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM sentinel_dead_letter WHERE state = 'recovered'"), letters / 2);
  EXPECT_EQ(target_.number("SELECT COUNT(*) FROM sentinel_dead_letter WHERE state = 'open'"), letters / 2);
  EXPECT_EQ(workspace_.json({"dlq", "list", mended}).at("items").size(), static_cast<std::size_t>(letters / 2));
  EXPECT_EQ(read_ledger(target_).breaks, 0);
  EXPECT_EQ(workspace_.pending_letters(), 0);
}

// Each kill but the first is met by a run whose sweep goes on where the last one stopped.
TEST_P(Kills, OfASweepRemoveEachRowOnceAndNoOther) {
  pipeline_ =
      workspace_.write("gifts.yaml", gifts_pipeline("mirror: { deletes: delete, max_delete_ratio: 20%, every: 0s }\n"));
  ASSERT_EQ(start()->wait().exit_code, 0);
  const std::string gone = "id % 10 = 3 AND LENGTH(donor_name) <= 40";
  const auto rows = source_.number("SELECT COUNT(*) FROM gifts WHERE " + gone);
  const auto kobo = source_.number("SELECT SUM(amount_kobo) FROM gifts WHERE " + gone);
  source_.rows("DELETE FROM gifts WHERE id % 10 = 3");
  // 11 batches of what is there come first, and one of letters in the first run.
  for (const auto* point : {"deliver.written:kill@13", "deliver.stored:kill@13", "deliver.committed:kill@12",
                            "deliver.confirmed:kill@13"}) {
    const auto killed = start({{"SENTINEL_FAIL", point}})->wait();
    ASSERT_EQ(killed.signal, SIGKILL) << point << ": " << killed;
  }
  EXPECT_GT(target_.number("SELECT COUNT(*) FROM received_gifts"), source_.number("SELECT COUNT(*) FROM gifts"));
  ASSERT_EQ(start()->wait().exit_code, 0);
  expect_gifts_mirrored(source_, target_);
  expect_letters_are(source_, target_, workspace_, pipeline_);
  EXPECT_EQ(target_.number("SELECT SUM(left_records) FROM sentinel_batch"), rows);
  EXPECT_EQ(target_.number("SELECT SUM(CAST(left_minor AS DECIMAL(30,0))) FROM sentinel_batch_money"), kobo);
}

INSTANTIATE_TEST_SUITE_P(Of, Kills, testing::Values(Kind::kMariadb, Kind::kPostgresql, Kind::kSqlite),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace sentinel::integration
