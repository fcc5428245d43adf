// Exactly once: claims, fences, ghosts, unknown outcomes, letters and runs, on every database.
#include "target.hpp"

#include <fmt/format.h>

namespace sentinel::sql_sink::test {
namespace {

using database::Dialect;

class Delivery : public TargetTest {
 protected:
  const Schema schema_{utf8("ref").key(), int64("n")};

  Batch rows(int from, int to, int more = 0) const {
    BatchBuilder builder(schema_);
    for (int i = from; i < to; ++i) builder.append(fmt::format("r{}", i), i + more);
    return builder.finish();
  }
  std::string lane(const std::string& column) {
    return one("SELECT " + column + " FROM sentinel_lane WHERE pipeline = '" + pipeline_ + "' AND lane = 0");
  }
  // Ends the connection that the lane records, as a broken network would.
  void cut() {
    const auto id = lane("connection_id");
    if (is(Dialect::kMysql)) execute("KILL CONNECTION " + id);
    if (is(Dialect::kPostgresql)) query("SELECT pg_terminate_backend(" + id + ")");
  }
  Letter letter(std::string id, LetterState state = LetterState::kOpen) const {
    return {state, pipeline_ + id, "key " + id, "hash" + id, "1250", "NGN"};
  }
  std::string letter_state(const std::string& id) {
    return one("SELECT state FROM sentinel_dead_letter WHERE letter_id = '" + pipeline_ + id + "'");
  }
  std::string landed() { return one("SELECT COUNT(*) FROM " + table()); }
};

TEST_P(Delivery, RowsLedgerAndCursorAreCommittedTogether) {
  auto sink = ready_sink(schema_, {"ref"});
  const auto claim = next_claim("d1");
  ASSERT_TRUE(write(*sink, schema_, rows(0, 3), claim).status.ok());
  EXPECT_EQ(lane("seq"), "0") << "visible before the commit";
  auto seal = seal_of(claim, "cursor 3");
  seal.records = {5, 3, 0, 0, 2, 0, 0, 0, 0};
  seal.amount_unknown = 1;
  seal.money.push_back({"NGN", {"-170141183460469231731687303715884105", "300", "0", "0", "200", "0", "0", "0", "0"}});
  seal.letters = {letter("a"), letter("b")};
  const auto committed = sink->commit(seal);
  ASSERT_TRUE(committed.ok()) << committed.message();
  EXPECT_EQ(lane("seq"), "1");
  EXPECT_EQ(lane(is(Dialect::kMysql) ? "`cursor`" : "cursor"), "cursor 3");
  const auto ledger = query(
      "SELECT read_records, inserted_records, dead_lettered_records, amount_unknown, delivery_id, cursor_from, "
      "cursor_to FROM sentinel_batch WHERE pipeline = '" +
      pipeline_ + "'");
  ASSERT_EQ(ledger.size(), 1u);
  EXPECT_EQ(ledger[0], (database::Row{"5", "3", "2", "1", "d1", "", "cursor 3"}));
  EXPECT_EQ(one("SELECT read_minor FROM sentinel_batch_money WHERE pipeline = '" + pipeline_ + "'"),
            "-170141183460469231731687303715884105");
  EXPECT_EQ(letter_state("b"), "open");
  EXPECT_EQ(landed(), "3");
}

TEST_P(Delivery, ARolledBackBatchLeavesNothing) {
  auto sink = ready_sink(schema_, {"ref"});
  ASSERT_TRUE(write(*sink, schema_, rows(0, 3), next_claim()).status.ok());
  ASSERT_TRUE(sink->rollback().ok());
  EXPECT_EQ(landed(), "0");
  EXPECT_EQ(lane("seq"), "0");
  EXPECT_EQ(land(*sink, schema_, rows(0, 3)).count(Outcome::kInserted), 3u);
}

TEST_P(Delivery, ARaisedEpochFences) {
  auto first = ready_sink(schema_, {"ref"});
  const auto old_claim = next_claim();
  auto second = ready_sink(schema_, {"ref"});
  const auto written = write(*first, schema_, rows(0, 3), old_claim);
  EXPECT_EQ(written.status.code(), Code::kFenced) << written.status.message();
  EXPECT_EQ(landed(), "0");
  EXPECT_EQ(first->heartbeat().code(), Code::kFenced);
  EXPECT_TRUE(second->heartbeat().ok());
  EXPECT_EQ(land(*second, schema_, rows(0, 3)).count(Outcome::kInserted), 3u);
}

TEST_P(Delivery, ASeqCannotBeClaimedTwice) {
  auto sink = ready_sink(schema_, {"ref"});
  const auto claim = next_claim("d1");
  land(*sink, schema_, rows(0, 1));
  EXPECT_EQ(write(*sink, schema_, rows(1, 2), claim).status.code(), Code::kFenced);
  EXPECT_EQ(landed(), "1");
}

TEST_P(Delivery, ALiveForeignHolderKeepsItsLanes) {
  auto first = ready_sink(schema_, {"ref"});
  auto second = make_sink({"ref"});
  const auto refused = second->resume(request("elsewhere"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kFenced);
  EXPECT_NE(refused.error().message().find("here process 1"), std::string::npos) << refused.error().message();

  auto by_force = request("elsewhere");
  by_force.take_over = true;
  EXPECT_TRUE(second->resume(by_force));
  EXPECT_EQ(first->heartbeat().code(), Code::kFenced);
}

TEST_P(Delivery, AStaleForeignHolderLosesItsLanes) {
  auto first = ready_sink(schema_, {"ref"});
  auto stale = request("elsewhere");
  stale.stale_after = std::chrono::milliseconds(0);
  stale.run_id = pipeline_ + "_run_after";
  auto second = make_sink({"ref"});
  EXPECT_TRUE(second->resume(stale));
  EXPECT_EQ(first->heartbeat().code(), Code::kFenced);
  const auto runs = query("SELECT state FROM sentinel_run WHERE pipeline = '" + pipeline_ + "' ORDER BY state");
  EXPECT_EQ(runs, (std::vector<database::Row>{{"lost"}, {"running"}}));
}

TEST_P(Delivery, FinishLetsTheLanesGo) {
  auto first = ready_sink(schema_, {"ref"});
  RunSummary summary{4, "stopped", "too many rejects", {9, 8, 0, 0, 1, 0, 0, 0, 0}};
  ASSERT_TRUE(first->finish(summary).ok());
  const auto run =
      query("SELECT state, exit_code, reason, read_records FROM sentinel_run WHERE pipeline = '" + pipeline_ + "'");
  ASSERT_EQ(run.size(), 1u);
  EXPECT_EQ(run[0], (database::Row{"stopped", "4", "too many rejects", "9"}));
  EXPECT_TRUE(make_sink({"ref"})->resume(request("elsewhere")));
}

TEST_P(Delivery, ResumeGoesOnWhereTheLastRunEnded) {
  land(*ready_sink(schema_, {"ref"}), schema_, rows(0, 1));
  auto again = request();
  again.lanes = 2;
  const auto lanes = make_sink({"ref"})->resume(again);
  ASSERT_TRUE(lanes);
  EXPECT_EQ((*lanes)[0].seq, 1);
  EXPECT_EQ((*lanes)[0].cursor, "next");
  EXPECT_EQ((*lanes)[0].epoch, 2);
  EXPECT_EQ((*lanes)[1].seq, 0);
}

TEST_P(Delivery, AGhostsOpenTransactionIsEnded) {
  auto ghost = ready_sink(schema_, {"ref"});
  const auto claim = next_claim();
  ASSERT_TRUE(write(*ghost, schema_, rows(0, 3), claim).status.ok());
  auto next = make_sink({"ref"});
  const auto lanes = next->resume(request());
  if (is(Dialect::kSqlite)) {  // a living process holds the file; a dead one cannot
    ASSERT_FALSE(lanes);
    EXPECT_EQ(lanes.error().code(), Code::kTransient) << lanes.error().message();
    return;
  }
  ASSERT_TRUE(lanes) << lanes.error().message();
  EXPECT_EQ((*lanes)[0].seq, 0);
  EXPECT_FALSE(ghost->commit(seal_of(claim)).ok());
  EXPECT_EQ(landed(), "0");
}

TEST_P(Delivery, ACutConnectionIsReplacedAndAnnounced) {
  if (is(Dialect::kSqlite)) return;  // no connection to cut
  auto sink = ready_sink(schema_, {"ref"});
  const auto before = lane("connection_id");
  cut();
  const auto failed = write(*sink, schema_, rows(0, 3), next_claim());
  EXPECT_EQ(failed.status.code(), Code::kUnavailable) << failed.status.message();
  EXPECT_EQ(land(*sink, schema_, rows(0, 3)).count(Outcome::kInserted), 3u);
  EXPECT_NE(lane("connection_id"), before);
}

TEST_P(Delivery, ResolveTellsCommittedFromNot) {
  auto sink = ready_sink(schema_, {"ref"});
  const auto claim = next_claim("mine");
  ASSERT_TRUE(write(*sink, schema_, rows(0, 3), claim).status.ok());
  if (!is(Dialect::kSqlite)) {
    cut();
    EXPECT_FALSE(sink->commit(seal_of(claim)).ok());
  }
  auto verdict = sink->resolve(claim);
  ASSERT_TRUE(verdict) << verdict.error().message();
  EXPECT_EQ(*verdict, Verdict::kNotCommitted);
  EXPECT_EQ(landed(), "0");

  ASSERT_TRUE(write(*sink, schema_, rows(0, 3), claim).status.ok());
  ASSERT_TRUE(sink->commit(seal_of(claim)).ok());
  EXPECT_EQ(*sink->resolve(claim), Verdict::kCommitted);
  auto other = claim;
  other.delivery_id = "other";
  EXPECT_EQ(*sink->resolve(other), Verdict::kFenced);
  EXPECT_TRUE(make_sink({"ref"})->resume(request()));
  EXPECT_EQ(*sink->resolve(claim), Verdict::kFenced);
}

TEST_P(Delivery, AReplayClosesLettersOnce) {
  auto sink = ready_sink(schema_, {"ref"});
  const auto run_claim = next_claim();
  ASSERT_TRUE(write(*sink, schema_, rows(0, 1), run_claim).status.ok());
  auto seal = seal_of(run_claim);
  seal.letters = {letter("a"), letter("b"), letter("c")};
  ASSERT_TRUE(sink->commit(seal).ok());

  auto replay = make_sink({"ref"});
  ASSERT_TRUE(replay->bind(schema_).ok());
  const auto lanes = replay->resume(request("here", true));
  ASSERT_TRUE(lanes) << lanes.error().message();
  ASSERT_EQ((*lanes)[0].lane, -1);
  EXPECT_TRUE(sink->heartbeat().ok()) << "a replay must not fence the run";
  const auto ids = std::array{pipeline_ + "a", pipeline_ + "none", pipeline_ + "b"};
  const Claim claim{-1, (*lanes)[0].epoch, 1, "replay", {ids[0], ids[1], ids[2]}};
  const auto written = write(*replay, schema_, rows(10, 13), claim);
  ASSERT_TRUE(written.status.ok()) << written.status.message();
  EXPECT_EQ(written.outcomes, (std::vector{Outcome::kInserted, Outcome::kClosed, Outcome::kInserted}));
  auto closing = seal_of(claim);
  closing.letters = {letter("c", LetterState::kSuperseded)};
  ASSERT_TRUE(replay->commit(closing).ok());
  EXPECT_EQ(letter_state("a"), "recovered");
  EXPECT_EQ(letter_state("c"), "superseded");
  EXPECT_EQ(landed(), "3");

  const Claim again{-1, (*lanes)[0].epoch, 2, "again", {ids[0]}};
  const auto twice = write(*replay, schema_, rows(20, 21), again);
  ASSERT_TRUE(twice.status.ok());
  EXPECT_EQ(twice.outcomes[0], Outcome::kClosed);
  ASSERT_TRUE(replay->commit(seal_of(again)).ok());
  EXPECT_EQ(landed(), "3");
  EXPECT_EQ(one("SELECT seq FROM sentinel_lane WHERE pipeline = '" + pipeline_ + "' AND lane = -1"), "2");
}

TEST_P(Delivery, AReplayStartsBesideAnOpenBatch) {
  auto sink = ready_sink(schema_, {"ref"});
  const auto claim = next_claim();
  ASSERT_TRUE(write(*sink, schema_, rows(0, 1), claim).status.ok());
  const auto lanes = make_sink({"ref"})->resume(request("here", true));
  if (is(Dialect::kSqlite)) {  // one writer at a time, whatever it writes
    EXPECT_EQ(lanes.error().code(), Code::kTransient);
  } else {
    EXPECT_TRUE(lanes) << lanes.error().message();
  }
  EXPECT_TRUE(sink->commit(seal_of(claim)).ok());
}

TEST_P(Delivery, OpenLettersAreListedAndReopened) {
  auto sink = ready_sink(schema_, {"ref"});
  const auto seal_letters = [&](std::vector<Letter> letters) {
    const auto claim = next_claim();
    ASSERT_TRUE(write(*sink, schema_, rows(0, 1), claim).status.ok());
    auto seal = seal_of(claim);
    seal.letters = std::move(letters);
    ASSERT_TRUE(sink->commit(seal).ok());
    ++lane_.seq;
  };
  const auto open = [&] {
    std::vector<std::string> ids;
    EXPECT_TRUE(sink->letters(pipeline_,
                              [&](std::string_view source, const Letter& found) {
                                EXPECT_EQ(source, "source");
                                EXPECT_EQ(found.minor + found.currency,
                                          found.source_key == "key b" ? "NGN" : "1250NGN");
                                ids.push_back(found.source_key);
                              })
                    .ok());
    return ids;
  };
  auto unknown = letter("b");
  unknown.minor.clear();
  seal_letters({letter("a"), unknown});
  EXPECT_EQ(open(), (std::vector<std::string>{"key a", "key b"}));
  seal_letters({letter("a", LetterState::kDiscarded)});
  EXPECT_EQ(open(), (std::vector<std::string>{"key b"}));
  seal_letters({letter("a")});
  EXPECT_EQ(open(), (std::vector<std::string>{"key a", "key b"}));
}

SENTINEL_ON_ALL_DATABASES(Delivery);

}  // namespace
}  // namespace sentinel::sql_sink::test
