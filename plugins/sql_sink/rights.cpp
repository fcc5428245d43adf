// EXPLAIN needs the same rights as the statement behind it, knows of roles and of single columns, and does nothing.
#include "sql_sink/rights.hpp"

#include "sql_sink/dialect/dialect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace sentinel::sql_sink {
namespace {

using database::Connection;

struct Probe {
  std::string_view right;
  std::string statement;
};

struct TableProbes {
  std::string quoted;
  std::vector<Probe> probes;
};

TableProbes target_table(const Target& target) {
  std::string columns, nulls, changes;
  for (const auto& column : target.columns) {
    columns += (columns.empty() ? "" : ", ") + column.quoted;
    nulls += nulls.empty() ? "NULL" : ", NULL";
    if (!column.is_key) changes += fmt::format("{}{} = NULL", changes.empty() ? "" : ", ", column.quoted);
  }
  TableProbes table{target.quoted, {}};
  if (target.mode != Mode::kAppend)
    table.probes.push_back({"SELECT", fmt::format("SELECT {} FROM {}", columns, target.quoted)});
  table.probes.push_back({"INSERT", fmt::format("INSERT INTO {} ({}) VALUES ({})", target.quoted, columns, nulls)});
  if (target.mode == Mode::kUpsert && !changes.empty())
    table.probes.push_back({"UPDATE", fmt::format("UPDATE {} SET {}", target.quoted, changes)});
  if (target.removes) table.probes.push_back({"DELETE", "DELETE FROM " + target.quoted});
  return table;
}

std::vector<TableProbes> state_tables() {
  std::vector<TableProbes> tables{{"sentinel_schema", {{"SELECT", "SELECT version FROM sentinel_schema"}}}};
  for (const auto name :
       {"sentinel_lane", "sentinel_batch", "sentinel_batch_money", "sentinel_dead_letter", "sentinel_run"}) {
    tables.push_back({name,
                      {{"SELECT", fmt::format("SELECT pipeline FROM {}", name)},
                       {"INSERT", fmt::format("INSERT INTO {} (pipeline) VALUES (NULL)", name)},
                       {"UPDATE", fmt::format("UPDATE {} SET pipeline = NULL", name)}}});
  }
  return tables;
}

Result<std::vector<std::string_view>> missing_rights(Connection& connection, const TableProbes& table) {
  std::vector<std::string_view> missing;
  for (const auto& probe : table.probes) {
    const auto answer = connection.query("EXPLAIN " + probe.statement);
    if (answer || is_row_fault(answer.error().code())) continue;  // the rights come first
    if (answer.error().code() != Code::kRefused) return answer.error();
    missing.push_back(probe.right);
  }
  return missing;
}

// The account as GRANT wants it.
Result<std::string> account(Connection& connection) {
  SENTINEL_ASSIGN(const auto rows, connection.query(sink_dialect(connection).account_query()));
  return rows.empty() ? std::string("…") : rows[0][0].value_or("…");
}

std::string_view target_rights(Mode mode) {
  switch (mode) {
    case Mode::kUpsert: return "SELECT, INSERT, UPDATE";
    case Mode::kInsert: return "SELECT, INSERT";
    case Mode::kAppend: return "INSERT";
  }
  return {};
}

}  // namespace

Result<std::string> grants_sql(Connection& connection, const std::string& quoted_target, Mode mode, bool removes) {
  if (!connection.url().is_server()) return std::string();
  SENTINEL_ASSIGN(const auto who, account(connection));
  auto sql = fmt::format(
      "-- What the account of the pipeline must be allowed, if others made the tables.\n"
      "GRANT {}{} ON {} TO {};\n",
      target_rights(mode), removes ? ", DELETE" : "", quoted_target, who);
  for (const auto& table : state_tables()) {
    std::vector<std::string_view> rights;
    for (const auto& probe : table.probes) rights.push_back(probe.right);
    sql += fmt::format("GRANT {} ON {} TO {};\n", fmt::join(rights, ", "), table.quoted, who);
  }
  return sql;
}

Status check_rights(Connection& connection, const Target& target) {
  if (!connection.url().is_server()) return {};  // a file has no accounts
  auto tables = state_tables();
  tables.insert(tables.begin(), target_table(target));
  std::vector<std::string> grants;
  for (const auto& table : tables) {
    SENTINEL_ASSIGN(const auto missing, missing_rights(connection, table));
    if (!missing.empty()) grants.push_back(fmt::format("GRANT {} ON {}", fmt::join(missing, ", "), table.quoted));
  }
  SENTINEL_ASSIGN(const auto more, sink_dialect(connection).missing_grants(connection, target));
  grants.insert(grants.end(), more.begin(), more.end());
  if (grants.empty()) return {};
  SENTINEL_ASSIGN(const auto who, account(connection));
  for (auto& grant : grants) grant += " TO " + who;
  return Status(Code::kRefused, fmt::format("the account lacks rights in {}; run as an administrator: {}",
                                            connection.url().display(), fmt::join(grants, "; ")))
      .native("sql", "missing_rights")
      .at_option("connection");
}

}  // namespace sentinel::sql_sink
