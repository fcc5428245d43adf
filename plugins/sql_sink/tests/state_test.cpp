// The tables that Sentinel owns, as an older and as a newer program left them.
#include "private_database.hpp"

#include "sql_sink/dialect/dialect.hpp"
#include "sql_sink/target_ddl.hpp"

#include <barrier>
#include <thread>

namespace sentinel::sql_sink::test {
namespace {

using database::Dialect;

class State : public PrivateDatabaseTest {
 protected:
  const Schema schema_{utf8("ref").key(), int64("n")};

  // What the first version of Sentinel made, with one run behind it.
  void make_first_version() {
    ASSERT_TRUE(run_ddl(*connection_, sink_dialect(GetParam()).state_steps().front().sql).ok());
    auto sink = make_sink({"ref"});
    execute(*create_table_sql(GetParam(), name_, schema_, {"ref"}));
    execute("INSERT INTO sentinel_lane (pipeline, source_id, lane, seq, " + cursor() +
            ") VALUES ('p', 's', 0, 7, 'c7')");
    execute(
        "INSERT INTO sentinel_run (run_id, pipeline, source_id, purpose, state, reason, started_at) VALUES ('r', "
        "'p', 's', 'run', 'finished', '', '2026-01-01 00:00:00')");
  }
  std::string cursor() const { return database::quote_part(GetParam(), "cursor"); }
  std::string version() { return one("SELECT MAX(version) FROM sentinel_schema"); }
  bool has_run_index() {
    const auto table = database::describe_table(*connection_, "sentinel_run");
    return std::ranges::any_of((*table)->indexes, [](const auto& index) { return index.name == "sentinel_run_state"; });
  }
};

TEST_P(State, OlderTablesAreMigratedAndTheLedgerIsKept) {
  make_first_version();
  auto sink = make_sink({"ref"});
  const auto before = sink->bind(schema_);
  EXPECT_EQ(before.native_code(), "no_state_tables");
  EXPECT_NE(before.message().find("have the version 1"), std::string::npos) << before.message();
  const auto plan = sink->plan(schema_);
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->starts_with(state_ddl(GetParam(), 1))) << "only what is missing: " << *plan;

  ASSERT_TRUE(sink->create(schema_).ok());
  ASSERT_TRUE(sink->create(schema_).ok()) << "twice";
  EXPECT_TRUE(sink->bind(schema_).ok());
  EXPECT_TRUE(has_run_index());
  EXPECT_EQ(one("SELECT " + cursor() + " FROM sentinel_lane WHERE seq = 7"), "c7");
  EXPECT_EQ(one("SELECT state FROM sentinel_run WHERE run_id = 'r'"), "finished");
  for (const auto& step : sink_dialect(GetParam()).state_steps())
    EXPECT_TRUE(run_ddl(*connection_, step.sql).ok()) << "an administrator may run it again";
}

TEST_P(State, AFieldWhoseNameHasADotIsNoColumn) {
  const auto sql = create_table_sql(GetParam(), "t", {utf8("ref").key(), utf8("meta.amount")}, {"ref"});
  ASSERT_FALSE(sql);
  EXPECT_NE(sql.error().message().find("let a map give it another name: amount: meta.amount"), std::string::npos)
      << sql.error().message();
}

TEST_P(State, SeveralProgramsMayMigrateAtOnce) {
  make_first_version();
  std::vector<Status> ends(8);
  std::barrier start(static_cast<std::ptrdiff_t>(ends.size()));
  std::vector<std::thread> programs;
  for (auto& end : ends)
    programs.emplace_back([&] {
      const auto connection = connect(url_);
      start.arrive_and_wait();
      end = create_state_tables(*connection);
    });
  for (auto& program : programs) program.join();
  for (const auto& end : ends) EXPECT_TRUE(end.ok()) << end.message();
  EXPECT_EQ(version(), std::to_string(sink_dialect(GetParam()).state_steps().back().number));
  EXPECT_TRUE(has_run_index());
}

TEST_P(State, NewerTablesAreRefusedAndLeftAlone) {
  make_first_version();
  execute("INSERT INTO sentinel_schema (version) VALUES (999)");
  auto sink = make_sink({"ref"});
  for (const auto& status : {sink->bind(schema_), sink->create(schema_)}) {
    EXPECT_EQ(status.code(), Code::kInvalidConfig);
    EXPECT_EQ(status.native_code(), "newer_state_tables") << status.message();
  }
  EXPECT_FALSE(has_run_index());
}

TEST_P(State, WithoutTheRightToAlterTheSqlIsPrinted) {
  if (is(Dialect::kSqlite)) return;  // a file has no accounts
  make_first_version();
  const auto url = make_account();
  const std::string to = is(Dialect::kMysql) ? "'" + url.user + "'@'127.0.0.1'" : url.user;
  for (const auto& name :
       {name_, std::string("sentinel_schema"), std::string("sentinel_lane"), std::string("sentinel_batch"),
        std::string("sentinel_batch_money"), std::string("sentinel_dead_letter"), std::string("sentinel_run")})
    execute("GRANT SELECT, INSERT, UPDATE ON " + name + " TO " + to);
  auto sink = sink_of(url);
  EXPECT_EQ(sink->bind(schema_).native_code(), "no_state_tables");
  EXPECT_TRUE(sink->plan(schema_)->starts_with(state_ddl(GetParam(), 1)));
  const auto created = sink->create(schema_);
  EXPECT_EQ(created.code(), Code::kRefused) << created.message();
  EXPECT_NE(created.message().find("`sentinel check` prints"), std::string::npos) << created.message();
  ASSERT_TRUE(run_ddl(*connection_, state_ddl(GetParam(), 1)).ok()) << "the administrator";
  const auto bound = sink->bind(schema_);
  EXPECT_TRUE(bound.ok()) << bound.message();
}

SENTINEL_ON_ALL_DATABASES(State);

}  // namespace
}  // namespace sentinel::sql_sink::test
