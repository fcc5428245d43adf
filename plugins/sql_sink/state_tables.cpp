// Creates and checks the tables that Sentinel owns.
#include "sql_sink/state_tables.hpp"

#include "sql_sink/dialect/dialect.hpp"

#include "database/catalogue.hpp"

#include <fmt/format.h>

#include <charconv>
#include <functional>

namespace sentinel::sql_sink {
namespace {

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
      fmt::format("cannot create or migrate Sentinel's tables in {} (run the SQL that `sentinel check` prints as "
                  "an administrator): ",
                  connection.url().display()));
}

// Statement by statement: each ends in ";\n".
Status run_script(database::Connection& connection, std::string_view script) {
  while (!script.empty()) {
    const auto end = std::min(script.find(";\n"), script.size());
    auto statement = script.substr(0, end);
    script.remove_prefix(std::min(script.size(), end + 2));
    // Comments in front of a statement: some drivers misread a statement that starts with one.
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

Status check_tables(database::Connection& connection) {
  for (const auto table : kTables) {
    SENTINEL_ASSIGN(const auto found, database::describe_table(connection, table));
    if (!found) return missing(table, connection);
    if (const auto fault = sink_dialect(connection).engine_fault(*found, table))
      return invalid_config(fmt::format("the table {} in {} {}", table, connection.url().display(), *fault))
          .at_option("connection");
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

int newest_version(database::Dialect dialect) { return sink_dialect(dialect).state_steps().back().number; }

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

std::string state_ddl(database::Dialect dialect, int version) {
  std::string sql;
  for (const auto& step : sink_dialect(dialect).state_steps())
    if (step.number > version) sql += (sql.empty() ? "" : "\n") + std::string(step.sql);
  return sql;
}

Status run_ddl(database::Connection& connection, std::string_view script) {
  return sink_dialect(connection).under_schema_lock(connection, [&] { return run_script(connection, script); });
}

Status create_state_tables(database::Connection& connection) {
  if (check_state_tables(connection).ok()) return {};
  auto status = sink_dialect(connection).under_schema_lock(connection, [&]() -> Status {
    SENTINEL_ASSIGN(const int version, version_to_start_from(connection));  // another process may just have done it
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

std::string_view now_of(const database::Connection& connection) { return database::rules_of(connection).now(); }

std::string cursor_of(const database::Connection& connection) {
  return database::quote_part(connection.dialect(), "cursor");
}

}  // namespace sentinel::sql_sink
