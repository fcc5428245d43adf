// An account that may do no more than it must, and one that may do less.
#include "private_database.hpp"

#include "sql_sink/state_tables.hpp"

namespace sentinel::sql_sink::test {
namespace {

using database::Dialect;

class Rights : public PrivateDatabaseTest {
 protected:
  const Schema schema_{utf8("ref").key(), int64("n")};

  void run_grants(std::string message) {
    auto grants = message.substr(message.find("GRANT "));
    for (std::size_t end = 0; end != std::string::npos;) {
      end = grants.find("; ");
      execute(grants.substr(0, end));
      if (end != std::string::npos) grants.erase(0, end + 2);
    }
  }
  Batch row() const {
    BatchBuilder builder(schema_);
    builder.append("a", 1);
    return builder.finish();
  }
};

TEST_P(Rights, MissingOnesAreNamedAndTheGrantsAreEnoughForARun) {
  if (is(Dialect::kSqlite)) return;  // a file has no accounts
  ASSERT_TRUE(sink_of(url_)->create(schema_).ok());
  const auto url = make_account();
  const std::string to = is(Dialect::kMysql) ? "'" + url.user + "'@'127.0.0.1'" : url.user;
  execute("GRANT SELECT ON " + table() + " TO " + to);
  if (is(Dialect::kMysql))  // else the tables are not to be seen at all
    for (const auto* name : {"sentinel_schema", "sentinel_lane", "sentinel_batch", "sentinel_batch_money",
                             "sentinel_dead_letter", "sentinel_run"})
      execute(fmt::format("GRANT SELECT ON {} TO {}", name, to));
  auto sink = sink_of(url);
  const auto refused = sink->bind(schema_);
  EXPECT_EQ(refused.code(), Code::kRefused);
  EXPECT_EQ(refused.native_code(), "missing_rights") << refused.message();
  EXPECT_NE(refused.message().find("GRANT INSERT, UPDATE ON " + table() + " TO "), std::string::npos)
      << refused.message();
  run_grants(refused.message());

  const auto bound = sink->bind(schema_);
  ASSERT_TRUE(bound.ok()) << bound.message();
  const auto lanes = sink->resume(request());
  ASSERT_TRUE(lanes) << lanes.error().message();
  lane_ = (*lanes)[0];
  EXPECT_EQ(land(*sink, schema_, row()).count(Outcome::kInserted), 1u);
  EXPECT_EQ(land(*sink, schema_, row()).count(Outcome::kUnchanged), 1u);
  const auto finished = sink->finish({});
  EXPECT_TRUE(finished.ok()) << finished.message();
}

TEST_P(Rights, ThePlanIsAllThatAnAdministratorNeedsToRun) {
  if (is(Dialect::kSqlite)) return;  // a file has no accounts
  const auto url = make_account();
  if (is(Dialect::kMysql))
    execute("GRANT SHOW VIEW ON " + name_ + ".* TO '" + url.user + "'@'127.0.0.1'");  // to enter at all
  else
    execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  auto sink = sink_of(url);
  EXPECT_EQ(sink->bind(schema_).native_code(), "no_table");
  EXPECT_EQ(sink->create(schema_).code(), Code::kRefused);
  const auto plan = sink->plan(schema_);
  ASSERT_TRUE(plan) << plan.error().message();
  ASSERT_TRUE(run_ddl(*connection_, *plan).ok());
  const auto bound = sink->bind(schema_);
  EXPECT_TRUE(bound.ok()) << bound.message();
}

TEST_P(Rights, ASequenceBehindAColumnNeedsOneToo) {
  if (!is(Dialect::kPostgresql)) return;  // the others count by themselves
  execute("CREATE TABLE " + table() + " (id SERIAL PRIMARY KEY, ref TEXT NOT NULL UNIQUE, n BIGINT)");
  ASSERT_TRUE(sink_of(url_)->create(schema_).ok());
  const auto url = make_account();
  execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO " + url.user);
  const auto refused = sink_of(url)->bind(schema_);
  EXPECT_NE(refused.message().find("GRANT USAGE ON SEQUENCE " + name_ + "_id_seq TO " + url.user), std::string::npos)
      << refused.message();
  run_grants(refused.message());
  EXPECT_TRUE(sink_of(url)->bind(schema_).ok());
}

TEST_P(Rights, RowSecurityIsNamed) {
  if (!is(Dialect::kPostgresql)) return;  // the others have none
  ASSERT_TRUE(sink_of(url_)->create(schema_).ok());
  execute("ALTER TABLE " + table() + " ENABLE ROW LEVEL SECURITY");
  const auto url = make_account();
  execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO " + url.user);
  const auto bound = sink_of(url)->bind(schema_);
  EXPECT_TRUE(bound.ok()) << bound.message();
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_NE(warnings_[0].find("row security of table"), std::string::npos) << warnings_[0];
}

SENTINEL_ON_ALL_DATABASES(Rights);

}  // namespace
}  // namespace sentinel::sql_sink::test
