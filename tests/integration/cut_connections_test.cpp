// Connections that die in mid-load, and COMMITs whose reply is lost: nothing lost, nothing doubled, nothing
// dead-lettered.
#include "commit_proxy.hpp"
#include "gifts.hpp"

namespace sentinel::integration {
namespace {

// True once so many rows are committed.
bool has_read(const Database& target, long long rows) {
  return target.has_table("sentinel_batch") &&
         target.number("SELECT COALESCE(SUM(read_records), 0) FROM sentinel_batch") >= rows;
}

class CutConnections : public testing::TestWithParam<Kind> {};

TEST_P(CutConnections, ALoadRecoversByItself) {
  constexpr long long kRows = 500000;
  Database source(Kind::kMariadb), target(GetParam());
  make_gifts(source, kRows, Dirt::kNone);
  make_gifts_target(target);
  const auto account = target.make_account();
  grant_gifts(target, account);
  Workspace workspace(source.url(), account.url());
  const auto pipeline = workspace.write("gifts.yaml", gifts_pipeline());

  auto run = workspace.start({"run", pipeline, "--json"});
  int moments = 0, connections = 0;
  for (const long long landed : {40000, 120000, 200000, 300000, 420000}) {
    ASSERT_TRUE(wait_until([&] { return !run->is_running() || has_read(target, landed); }));
    ASSERT_TRUE(run->is_running()) << "the run ended before " << landed << " rows" << run->wait();
    const auto cut = target.cut_connections(account);
    moments += cut > 0 ? 1 : 0;
    connections += cut;
  }
  const auto finished = run->wait();
  std::cout << connections << " connections cut at " << moments << " moments\n" << finished.err;
  ASSERT_EQ(finished.exit_code, 0) << finished;
  EXPECT_EQ(moments, 5);
  const auto balance = Json::parse(finished.out);
  expect_balanced(balance);
  EXPECT_EQ(records(balance, "inserted"), kRows) << balance.dump();
  EXPECT_EQ(records(balance, "dead-lettered"), 0) << balance.dump();
  expect_gifts_mirrored(source, target);
  EXPECT_EQ(read_ledger(target).open_letters, 0);
}

TEST_P(CutConnections, ACommitWhoseReplyIsLostIsNeitherRepeatedNorForgotten) {
  constexpr long long kRows = 60000;
  using Act = CommitProxy::Act;
  Database source(Kind::kMariadb), target(GetParam());
  make_gifts(source, kRows, Dirt::kSome);
  make_gifts_target(target);
  // Every seventh, since an odd period falls on the COMMITs of batches and on those by which a run asks the ledger.
  CommitProxy proxy(target.address(), [](int commit) {
    if (commit < 4) return Act::kPass;
    return commit % 7 == 4 ? Act::kCutAfter : commit % 7 == 0 ? Act::kCutBefore : Act::kPass;
  });
  Workspace workspace(source.url(), target.url_at(proxy.port()));
  const auto pipeline = workspace.write("gifts.yaml", gifts_pipeline());
  const auto finished = workspace.sentinel({"run", pipeline, "--json"});
  std::cout << "of " << proxy.commits() << " commits " << proxy.cuts_before() << " were lost and of "
            << proxy.cuts_after() << " the reply\n";
  ASSERT_EQ(finished.exit_code, 0) << finished;
  EXPECT_GE(proxy.cuts_before(), 3);
  EXPECT_GE(proxy.cuts_after(), 3);
  const auto balance = Json::parse(finished.out);
  expect_balanced(balance);
  EXPECT_EQ(records(balance, "read"), kRows) << balance.dump();
  expect_gifts_mirrored(source, target);
  expect_letters_are(source, target, workspace, pipeline);
}

TEST(CutSource, ALoadRecoversByItself) {
  constexpr long long kRows = 300000;
  Database source(Kind::kMariadb), target(Kind::kMariadb);
  make_gifts(source, kRows, Dirt::kNone);
  make_gifts_target(target);
  const auto account = source.make_account();
  Workspace workspace(account.url(), target.url());
  auto run = workspace.start({"run", workspace.write("gifts.yaml", gifts_pipeline()), "--json"});
  for (const long long landed : {20000, 90000, 170000}) {
    ASSERT_TRUE(wait_until([&] { return !run->is_running() || has_read(target, landed); }));
    ASSERT_TRUE(run->is_running()) << "the run ended before " << landed << " rows" << run->wait();
    EXPECT_GT(source.cut_connections(account), 0);
  }
  const auto finished = run->wait();
  ASSERT_EQ(finished.exit_code, 0) << finished;
  const auto balance = Json::parse(finished.out);
  EXPECT_EQ(records(balance, "read"), kRows) << balance.dump();
  EXPECT_EQ(records(balance, "inserted"), kRows) << balance.dump();
  expect_gifts_mirrored(source, target);
}

INSTANTIATE_TEST_SUITE_P(Of, CutConnections, testing::Values(Kind::kMariadb, Kind::kPostgresql),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace sentinel::integration
