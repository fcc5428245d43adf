// Mistakes that people make: one clear sentence with the place, the value and the cure, the right exit code, nothing
// half done.
#include "gifts.hpp"

#include <algorithm>

namespace sentinel::integration {
namespace {

class Mistakes : public testing::Test {
 protected:
  Mistakes() { make_gifts(source_, 10, Dirt::kNone); }

  // One sentence on standard error, with all these parts in it, and no balance.
  static void expect_refused(const Finished& finished, int exit_code, const Lines& parts) {
    EXPECT_EQ(finished.exit_code, exit_code) << finished;
    EXPECT_EQ(count_of(finished.err, "\n"), 1U) << "one sentence" << finished;
    EXPECT_EQ(finished.out, "") << finished;
    for (const auto& part : parts) EXPECT_TRUE(contains(finished.err, part)) << "no \"" << part << "\" in" << finished;
  }
  Finished run(const std::string& yaml) const {
    return workspace_.sentinel({"run", workspace_.write("gifts.yaml", yaml)});
  }
  void expect_nothing_done() const {
    EXPECT_FALSE(std::filesystem::exists(target_.address().database)) << "the target was made";
  }

  Database source_{Kind::kSqlite}, target_{Kind::kSqlite};
  Workspace workspace_{source_.url(), target_.url()};
};

TEST_F(Mistakes, MissingFile) {
  expect_refused(workspace_.sentinel({"run", "/nowhere/gifts.yaml"}), 2, {"/nowhere/gifts.yaml"});
  expect_nothing_done();
}

TEST_F(Mistakes, BrokenYaml) {
  expect_refused(run(replaced(gifts_pipeline(), "key: [id]", "key: [id")), 2, {"gifts.yaml:"});
  expect_nothing_done();
}

TEST_F(Mistakes, MisspeltKey) {
  expect_refused(run(replaced(gifts_pipeline(), "pipeline: gifts", "pipeline: gifts\nretri: { max_attempts: 3 }")), 2,
                 {"gifts.yaml:3:1", "\"retri\"", "did you mean \"retry\"?"});
  expect_refused(run(replaced(gifts_pipeline(), "table: gifts", "tabel: gifts\n  table: gifts")), 2,
                 {"gifts.yaml:6:3", "\"tabel\"", "did you mean \"table\"?"});
  expect_nothing_done();
}

TEST_F(Mistakes, AnotherSourceWhoseIdsAreTheKeyOfTheTarget) {
  ASSERT_EQ(run(gifts_pipeline()).exit_code, 0);
  const auto same = workspace_.sentinel({"check", workspace_.write("gifts.yaml", gifts_pipeline())});
  EXPECT_FALSE(contains(same.out, "own key")) << same;
  source_.rows("ALTER TABLE gifts RENAME TO gifts_of_another_cms");
  const auto file =
      workspace_.write("gifts.yaml", replaced(gifts_pipeline(), "table: gifts", "table: gifts_of_another_cms"));
  const auto check = workspace_.sentinel({"check", file});
  EXPECT_EQ(check.exit_code, 0) << check;
  for (const auto* part :
       {"the source changed from sql/", "the key of the target (gift_id) is made from the source's own key (id)",
        "would land a second time"})
    EXPECT_TRUE(contains(check.out, part)) << "no \"" << part << "\" in" << check;
}

TEST_F(Mistakes, AllInOnePass) {
  auto yaml = replaced(gifts_pipeline(), "pipeline: gifts", "pipeline: gifts\nretri: { max_attempts: 3 }");
  yaml = replaced(yaml, "email: email,", "email: emial,");
  const auto refused = run(yaml);
  EXPECT_EQ(refused.exit_code, 2) << refused;
  EXPECT_EQ(count_of(refused.err, "\n"), 2U) << refused;
  EXPECT_TRUE(contains(refused.err, "\"retri\"")) << refused;
  EXPECT_TRUE(contains(refused.err, "emial")) << refused;
  expect_nothing_done();
}

TEST_F(Mistakes, UnknownPlugin) {
  expect_refused(run(replaced(gifts_pipeline(), "use: sql", "use: sqll")), 2,
                 {"gifts.yaml:4:8", "sqll", "did you mean \"sql\"?"});
  expect_nothing_done();
}

TEST_F(Mistakes, MissingVariable) {
  workspace_.variables().erase("ACCOUNTING_DB");
  expect_refused(run(gifts_pipeline()), 2, {"gifts.yaml:18:", "ACCOUNTING_DB"});
  expect_nothing_done();
}

TEST_F(Mistakes, MissingSourceTable) {
  expect_refused(run(replaced(gifts_pipeline(), "table: gifts", "table: gift")), 2,
                 {"gifts.yaml:6:", "\"gift\"", "gifts"});
  expect_nothing_done();
}

TEST_F(Mistakes, MissingField) {
  expect_refused(run(replaced(gifts_pipeline(), "donor_name: donor_name", "donor_name: donor_nam")), 2,
                 {"gifts.yaml:10:", "donor_nam", "did you mean \"donor_name\"?"});
  expect_nothing_done();
}

TEST_F(Mistakes, MissingColumn) {
  target_.rows(
      "CREATE TABLE received_gifts (id INTEGER PRIMARY KEY, gift_id INTEGER NOT NULL UNIQUE, email TEXT, amount_naira "
      "TEXT)");
  expect_refused(run(gifts_pipeline()), 2, {"gifts.yaml:", "received_gifts", "\"donor_name\"", "ALTER TABLE"});
  EXPECT_EQ(target_.tables(), Lines{"received_gifts"}) << "no table of Sentinel's own is left behind";
  EXPECT_EQ(target_.value("SELECT COUNT(*) FROM received_gifts"), "0");
}

TEST_F(Mistakes, KeyWithoutUniqueIndex) {
  target_.rows(
      "CREATE TABLE received_gifts (id INTEGER PRIMARY KEY, gift_id INTEGER NOT NULL, email TEXT, donor_name TEXT, "
      "amount_naira TEXT)");
  expect_refused(run(gifts_pipeline()), 2, {"gifts.yaml:", "gift_id", "UNIQUE"});
  EXPECT_EQ(target_.tables(), Lines{"received_gifts"});
}

TEST_F(Mistakes, TablesOfANewerProgram) {
  make_gifts_target(target_);
  ASSERT_EQ(run(gifts_pipeline()).exit_code, 0);
  target_.rows("INSERT INTO sentinel_schema (version) VALUES (999)");
  expect_refused(run(gifts_pipeline()), 2, {"gifts.yaml:", "have the version 999", "use the newer program"});
}

TEST_F(Mistakes, StateFolderNotWritable) {
  const auto file = workspace_.folder() / "a_file";
  write_file(file, "");
  workspace_.variables()["SENTINEL_STATE_DIR"] = (file / "state").string();
  expect_refused(run(gifts_pipeline()), 1, {(file / "state").string()});
  expect_nothing_done();
}

TEST_F(Mistakes, OfPluginAuthors) {
  const auto folder = workspace_.folder().string();
  expect_refused(workspace_.sentinel({"plugins", "new", "Bank-Feed", "--kind", "source", "--directory", folder}), 2,
                 {"\"Bank-Feed\"", "a-z"});
  expect_refused(workspace_.sentinel({"plugins", "new", "bank", "--directory", folder}), 2, {"--kind source"});
  expect_refused(workspace_.sentinel({"plugins", "new", "bank", "--kind", "sauce", "--directory", folder}), 2,
                 {"\"sauce\""});
  expect_refused(workspace_.sentinel({"plugins", "test", "sql"}), 2, {"source sql", "sink sql", "--kind"});
  expect_refused(workspace_.sentinel({"plugins", "test", "csv", "--option", "path"}), 2, {"NAME=VALUE", "\"path\""});
  expect_refused(workspace_.sentinel({"plugins", "test", "csv", "--option", "pth=x", "--option", "key=[id]"}), 2,
                 {"did you mean \"path\"?"});
  expect_refused(workspace_.sentinel({"plugins", "test", "csv", "--options", folder + "/none.yaml"}), 2,
                 {"none.yaml", "no such file"});
  expect_refused(workspace_.sentinel({"plugins", "test", "validate", "--option", "rules={}", "--fields", "ref:txt"}), 2,
                 {"\"ref:txt\"", "utf8"});
  EXPECT_FALSE(std::filesystem::exists(workspace_.folder() / "bank_source"));
  expect_nothing_done();
}

TEST_F(Mistakes, UnknownCommandAndFlag) {
  expect_refused(workspace_.sentinel({"rnu", "x.yaml"}), 2, {"\"rnu\"", "did you mean \"run\"?"});
  expect_refused(workspace_.sentinel({"run", "x.yaml", "--ful"}), 2, {"--ful", "--full"});
}

// Mistakes about a server: what it says must reach the person, what is secret must not.
class ServerMistakes : public testing::TestWithParam<Kind> {
 protected:
  ServerMistakes() : target_(GetParam()) { make_gifts(source_, 10, Dirt::kNone); }
  Finished run(const Address& target, const std::string& more = "") {
    workspace_.variables()["ACCOUNTING_DB"] = target.url();
    return workspace_.sentinel({"run", workspace_.write("gifts.yaml", gifts_pipeline(more))});
  }
  static void expect_parts(const Finished& finished, int exit_code, const Lines& parts) {
    EXPECT_EQ(finished.exit_code, exit_code) << finished;
    EXPECT_EQ(finished.out, "") << finished;
    for (const auto& part : parts) EXPECT_TRUE(contains(finished.err, part)) << "no \"" << part << "\" in" << finished;
  }

  Database source_{Kind::kSqlite}, target_;
  Workspace workspace_{source_.url(), target_.url()};
};

TEST_P(ServerMistakes, WrongPassword) {
  auto address = target_.address();
  address.password = "wrong-canary";
  const auto refused = run(address);
  expect_parts(refused, 3, {"gifts.yaml:1", address.user, address.host + ":" + address.port});
  EXPECT_EQ(count_of(refused.err, "\n"), 1U) << refused;
  EXPECT_FALSE(contains(refused.err, "wrong-canary")) << "the password is shown";
  EXPECT_EQ(target_.tables(), Lines{});
}

TEST_P(ServerMistakes, UnreachablePort) {
  auto address = target_.address();
  address.port = "1";
  expect_parts(run(address, "outage: { connect_wait: 1s }\n"), 3,
               {"127.0.0.1:1", "gave up after 1", "is the server running, are host and port right"});
  EXPECT_EQ(target_.tables(), Lines{});
}

TEST_P(ServerMistakes, UnknownHost) {
  auto address = target_.address();
  address.host = "no-such-host.invalid";
  expect_parts(run(address, "outage: { connect_wait: 1s }\n"), 3, {"no-such-host.invalid", "are host and port right"});
  EXPECT_EQ(target_.tables(), Lines{});
}

TEST_P(ServerMistakes, MissingDatabase) {
  auto address = target_.address();
  address.database = "no_such_database";
  const auto refused = run(address, "outage: { connect_wait: 1s }\n");
  expect_parts(refused, refused.exit_code, {"no_such_database"});
  EXPECT_TRUE(refused.exit_code == 2 || refused.exit_code == 3) << refused;
}

TEST_P(ServerMistakes, MissingColumn) {
  make_gifts_target(target_);
  target_.rows("ALTER TABLE received_gifts DROP COLUMN donor_name");
  const auto refused = run(target_.address());
  expect_parts(refused, 2, {"gifts.yaml:", "received_gifts", "\"donor_name\"", "ALTER TABLE"});
  EXPECT_EQ(count_of(refused.err, "\n"), 1U) << refused;
  EXPECT_EQ(target_.tables(), Lines{"received_gifts"}) << "no table of Sentinel's own is left behind";
}

TEST_P(ServerMistakes, NoRightToMakeTables) {
  auto account = target_.make_account();
  if (GetParam() == Kind::kMariadb)
    target_.rows("REVOKE ALL ON " + target_.name() + ".* FROM '" + account.user + "'@'127.0.0.1'; GRANT SELECT ON " +
                 target_.name() + ".* TO '" + account.user + "'@'127.0.0.1'");
  else
    target_.rows("REVOKE ALL ON SCHEMA public FROM " + account.user + "; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  const auto refused = run(account);
  EXPECT_EQ(refused.exit_code, 3) << refused;
  EXPECT_EQ(count_of(refused.err, "\n"), 1U) << refused;
  EXPECT_EQ(target_.tables(), Lines{});
}

INSTANTIATE_TEST_SUITE_P(Of, ServerMistakes, testing::Values(Kind::kMariadb, Kind::kPostgresql),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace sentinel::integration
