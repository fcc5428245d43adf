// Makes and checks the tables that Sentinel owns.
#include "sql_sink/state_tables.hpp"

#include "database/catalogue.hpp"

#include <fmt/format.h>

#include <charconv>

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
      .native("sql", "no_state_tables")
      .at_option("connection");
}

Status refused(Status status, const database::Connection& connection) {
  return std::move(status).prefixed(
      fmt::format("cannot create Sentinel's tables in {} (run the SQL that `sentinel check` prints as "
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

}  // namespace

Status run_ddl(database::Connection& connection, std::string_view script) {
  // Every statement commits itself on MySQL, and IF NOT EXISTS waits for others.
  if (connection.dialect() == Dialect::kMysql) return run_script(connection, script);
  SENTINEL_TRY(connection.begin());
  auto status = [&]() -> Status {
    if (connection.dialect() == Dialect::kPostgresql) {
      // IF NOT EXISTS alone fails when two do it at once.
      SENTINEL_ASSIGN(const auto locked, connection.query("SELECT pg_advisory_xact_lock(7310577399)"));
      static_cast<void>(locked);
    }
    return run_script(connection, script);
  }();
  if (status.ok()) status = connection.commit();
  if (!status.ok()) static_cast<void>(connection.rollback());
  return status.code() == Code::kUnknownOutcome ? std::move(status).with_code(Code::kUnavailable) : std::move(status);
}

Status create_state_tables(database::Connection& connection) {
  if (check_state_tables(connection).ok()) return {};
  auto status = run_ddl(connection, state_ddl(connection.dialect()));
  return status.ok() ? Status() : refused(std::move(status), connection);
}

Status check_state_tables(database::Connection& connection) {
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
  SENTINEL_ASSIGN(const auto rows, connection.query("SELECT COALESCE(MAX(version), 0) FROM sentinel_schema"));
  int version = 0;
  if (!rows.empty() && rows[0][0])
    std::from_chars(rows[0][0]->data(), rows[0][0]->data() + rows[0][0]->size(), version);
  if (version == 0) return missing("sentinel_schema (its row)", connection);
  if (version <= kStateVersion) return {};
  return invalid_config(
             fmt::format(
                 "Sentinel's tables in {} have the version {}, and this program knows {}; use the newer program "
                 "that made them",
                 connection.url().display(), version, kStateVersion))
      .native("sql", "newer_state_tables")
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
