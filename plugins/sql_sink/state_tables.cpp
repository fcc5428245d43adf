// Makes and checks the tables that Sentinel owns.
#include "sql_sink/state_tables.hpp"

#include "database/catalogue.hpp"

#include <fmt/format.h>

#include <charconv>
#include <functional>

namespace sentinel::sql_sink {
namespace {

using database::Dialect;

constexpr std::string_view kTables[] = {"sentinel_schema",      "sentinel_lane",        "sentinel_batch",
                                        "sentinel_batch_money", "sentinel_dead_letter", "sentinel_run"};

Status missing(std::string_view table, const database::Connection& connection) {
  return invalid_config(
             fmt::format("the table {} is missing in {}; let `sentinel run` create it, or run sql/state/{}/*.sql as an "
                         "administrator",
                         table, connection.url().display(), to_string(connection.dialect())))
      .native("sql", std::string(kNativeNoStateTables))
      .at_option("connection");
}

Status refused(Status status, const database::Connection& connection) {
  return std::move(status).prefixed(
      fmt::format("cannot make or migrate Sentinel's tables in {} (run the SQL that `sentinel check` prints as "
                  "an administrator): ",
                  connection.url().display()));
}

// Statement by statement: each ends in ";\n".
Status run_script(database::Connection& connection, std::string_view script) {
  while (!script.empty()) {
    const auto end = std::min(script.find(";\n"), script.size());
    auto statement = script.substr(0, end);
    script.remove_prefix(std::min(script.size(), end + 2));
    // Comments in front of a statement: some drivers take a statement that starts with one for something else.
    while (true) {
      const auto start = statement.find_first_not_of(" \r\n\t");
      statement.remove_prefix(std::min(start, statement.size()));
      if (!statement.starts_with("--")) break;
      statement.remove_prefix(std::min(statement.find('\n'), statement.size()));
    }
    if (statement.empty()) continue;
    SENTINEL_ASSIGN(const auto hit, connection.execute(statement));
    static_cast<void>(hit);
  }
  return {};
}

// Runs the work in one transaction where the database can take CREATE and ALTER back, beside nobody who does the same.
Status under_lock(database::Connection& connection, const std::function<Status()>& work) {
  if (connection.dialect() == Dialect::kMysql) {
    // Every statement commits itself there. The lock ends with the connection.
    constexpr std::string_view kName = "CONCAT('sentinel_schema ', MD5(DATABASE()))";
    SENTINEL_ASSIGN(const auto locked, connection.query(fmt::format("SELECT GET_LOCK({}, 20)", kName)));
    if (locked.empty() || locked[0][0] != "1")
      return {Code::kTransient, "another process makes Sentinel's tables in " + connection.url().display()};
    auto status = work();
    const auto released = connection.query(fmt::format("SELECT RELEASE_LOCK({})", kName));
    return status.ok() && !released ? released.error() : std::move(status);
  }
  SENTINEL_TRY(connection.begin());
  auto status = [&]() -> Status {
    if (connection.dialect() == Dialect::kPostgresql) {
      // IF NOT EXISTS alone fails when two do it at once.
      SENTINEL_ASSIGN(const auto locked, connection.query("SELECT pg_advisory_xact_lock(7310577399)"));
      static_cast<void>(locked);
    }
    return work();
  }();
  if (status.ok()) status = connection.commit();
  if (!status.ok()) static_cast<void>(connection.rollback());
  return status.code() == Code::kUnknownOutcome ? std::move(status).with_code(Code::kUnavailable) : std::move(status);
}

Status check_tables(database::Connection& connection) {
  for (const auto table : kTables) {
    SENTINEL_ASSIGN(const auto found, database::describe_table(connection, table));
    if (!found) return missing(table, connection);
    if (connection.dialect() == Dialect::kMysql && found->engine != "InnoDB") {
      return invalid_config(
                 fmt::format(
                     "the table {} in {} has the engine {}, which keeps rows of a rolled back transaction; run: "
                     "ALTER TABLE {} ENGINE=InnoDB",
                     table, connection.url().display(), found->engine, table))
          .at_option("connection");
    }
  }
  return {};
}

Result<int> stored_version(database::Connection& connection) {
  SENTINEL_ASSIGN(const auto rows, connection.query("SELECT COALESCE(MAX(version), 0) FROM sentinel_schema"));
  int version = 0;
  if (!rows.empty() && rows[0][0])
    std::from_chars(rows[0][0]->data(), rows[0][0]->data() + rows[0][0]->size(), version);
  return version;
}

// The version above which steps are to be run; 0 where not all tables are there.
Result<int> version_to_start_from(database::Connection& connection) {
  auto tables = check_tables(connection);
  if (tables.ok()) return stored_version(connection);
  return tables.native_code() == kNativeNoStateTables ? Result<int>(0) : std::move(tables);
}

int newest_version(Dialect dialect) { return state_steps(dialect).back().number; }

Status check_not_newer(const database::Connection& connection, int version) {
  const int newest = newest_version(connection.dialect());
  if (version <= newest) return {};
  return invalid_config(
             fmt::format(
                 "Sentinel's tables in {} have the version {}, and this program knows {}; use the newer program "
                 "that made them",
                 connection.url().display(), version, newest))
      .native("sql", "newer_state_tables")
      .at_option("connection");
}

}  // namespace

std::string state_ddl(Dialect dialect, int version) {
  std::string sql;
  for (const auto& step : state_steps(dialect))
    if (step.number > version) sql += (sql.empty() ? "" : "\n") + std::string(step.sql);
  return sql;
}

Status run_ddl(database::Connection& connection, std::string_view script) {
  return under_lock(connection, [&] { return run_script(connection, script); });
}

Status create_state_tables(database::Connection& connection) {
  if (check_state_tables(connection).ok()) return {};
  auto status = under_lock(connection, [&]() -> Status {
    SENTINEL_ASSIGN(const int version, version_to_start_from(connection));  // another may just have been here
    SENTINEL_TRY(check_not_newer(connection, version));
    return run_script(connection, state_ddl(connection.dialect(), version));
  });
  return status.code() == Code::kRefused ? refused(std::move(status), connection) : std::move(status);
}

Result<std::string> missing_state_ddl(database::Connection& connection) {
  SENTINEL_ASSIGN(const int version, version_to_start_from(connection));
  return state_ddl(connection.dialect(), version);
}

Status check_state_tables(database::Connection& connection) {
  SENTINEL_TRY(check_tables(connection));
  SENTINEL_ASSIGN(const int version, stored_version(connection));
  SENTINEL_TRY(check_not_newer(connection, version));
  const int newest = newest_version(connection.dialect());
  if (version == newest) return {};
  return invalid_config(fmt::format("Sentinel's tables in {} have the version {}, and this program needs {}; let "
                                    "`sentinel run` bring them up to date, or run sql/state/{}/{:03}_*.sql and what "
                                    "follows as an administrator",
                                    connection.url().display(), version, newest, to_string(connection.dialect()),
                                    version + 1))
      .native("sql", std::string(kNativeNoStateTables))
      .at_option("connection");
}

std::string_view sql_now(Dialect dialect) {
  switch (dialect) {
    case Dialect::kMysql: return "UTC_TIMESTAMP(6)";
    case Dialect::kPostgresql: return "clock_timestamp()";
    case Dialect::kSqlite: return "strftime('%Y-%m-%d %H:%M:%f', 'now')";
  }
  return {};
}

std::string_view sql_heartbeat_age_ms(Dialect dialect) {
  switch (dialect) {
    case Dialect::kMysql: return "TIMESTAMPDIFF(MICROSECOND, heartbeat, UTC_TIMESTAMP(6)) DIV 1000";
    case Dialect::kPostgresql: return "CAST(EXTRACT(EPOCH FROM clock_timestamp() - heartbeat) * 1000 AS BIGINT)";
    case Dialect::kSqlite: return "CAST((julianday('now') - julianday(heartbeat)) * 86400000 AS INTEGER)";
  }
  return {};
}

std::string_view sql_cursor(Dialect dialect) { return dialect == Dialect::kMysql ? "`cursor`" : "cursor"; }

// Not INSERT IGNORE: that would also cut names that are too long.
std::string_view sql_unless_there(Dialect dialect) {
  return dialect == Dialect::kMysql ? " ON DUPLICATE KEY UPDATE pipeline = pipeline" : " ON CONFLICT DO NOTHING";
}
std::string_view sql_for_update(Dialect dialect) { return dialect == Dialect::kSqlite ? "" : " FOR UPDATE"; }

}  // namespace sentinel::sql_sink
