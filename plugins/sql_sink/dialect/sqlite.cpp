// The sink's part of SQLite, which checks no types by itself: decimals and times are texts there.
#include "sql_sink/dialect/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sentinel::sql_sink {

std::span<const StateStep> sqlite_state_steps();  // made from sql/state/sqlite when the plugin is built

namespace {

using database::ColumnKind;
using database::Connection;

class SqliteSink final : public SinkDialect {
 public:
  // A row a statement costs nothing without a server, and isolates a bad row by itself. A constraint may say ON
  // CONFLICT IGNORE or REPLACE; what the statement says has precedence.
  std::unique_ptr<RowStatements> row_statements(Connection& connection, const Target& target) const override {
    return make_placeholder_rows(connection, target, {1, "INSERT OR ABORT INTO"});
  }
  std::string key_place(const TargetColumn&, std::size_t) const override { return "?"; }
  std::string on_conflict(std::string_view keys) const override {
    return fmt::format(" ON CONFLICT ({}) DO UPDATE SET ", keys);
  }
  std::string incoming(std::string_view column) const override { return fmt::format("excluded.{}", column); }
  std::string unless_there(std::string_view) const override { return " ON CONFLICT DO NOTHING"; }
  CellRules cell_rules() const override { return {.ignores_lengths = true}; }
  bool undoes_failed_statement() const override { return true; }
  Status check_constraints_at_once(Connection&) const override { return {}; }
  Summand summand(const TargetColumn& amount) const override;

  bool names_ignore_case() const override { return true; }
  std::string column_type(const Field& field, bool is_key) const override;
  bool holds(const Field& field, const database::Column& column) const override;
  std::string column_check(const Field& field, const std::string& quoted) const override;
  TableParts table_parts() const override {
    return {"INTEGER PRIMARY KEY", "TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))", ""};
  }
  std::string now_for(const database::Column&) const override {
    return std::string(database::rules_of(database::Dialect::kSqlite).now());
  }
  bool upserts_by_any_index() const override { return false; }
  std::optional<std::string> engine_fault(const database::Table&, std::string_view) const override {
    return std::nullopt;
  }
  std::string change_type(std::string_view, std::string_view, const database::Column&, const Field& field,
                          bool is_key) const override {
    return fmt::format("recreate the table with the column as {}{}", column_type(field, is_key),
                       field.type == Type::kDecimal ? ", since SQLite's NUMERIC is a float" : "");
  }
  std::string make_exact(std::string_view, const TargetColumn&) const override {
    return "recreate the table without COLLATE on this column";
  }
  std::string add_unique_key(std::string_view table, std::string_view plain, std::string_view columns) const override {
    return fmt::format("CREATE UNIQUE INDEX \"{}_key\" ON {} ({})", plain, table, columns);
  }
  std::string_view exact_collation() const override { return "COLLATE BINARY"; }
  bool alters_columns() const override { return false; }

  std::string_view account_query() const override { return ""; }
  bool hides_forbidden_tables() const override { return false; }
  Result<std::vector<std::string>> missing_grants(Connection&, const Target&) const override {
    return std::vector<std::string>();
  }

  std::span<const StateStep> state_steps() const override { return sqlite_state_steps(); }
  // BEGIN IMMEDIATE is the lock.
  Status under_schema_lock(Connection& connection, const std::function<Status()>& work) const override {
    return in_transaction(connection, "", work);
  }
  std::string age_ms(std::string_view column) const override {
    return fmt::format("CAST((julianday('now') - julianday({})) * 86400000 AS INTEGER)", column);
  }
  std::string_view for_update() const override { return ""; }
  database::Value minor_units(const std::string& digits) const override;
  Status end_connection(Connection&, std::int64_t) const override { return {}; }  // a dead process holds no lock
};

// It has no decimals, and adds texts as floats: the digits without their point are integers, whose sum is exact or an
// error. A text without a point where the scale puts it was not written by Sentinel; it counts as nothing here, and as
// a different row in the comparison.
Summand SqliteSink::summand(const TargetColumn& amount) const {
  if (amount.shape.type != Type::kDecimal) return {amount.quoted};
  const auto scale = amount.shape.scale;
  if (scale == 0) return {fmt::format("CAST({} AS INTEGER)", amount.quoted), true};
  return {fmt::format("CASE substr({0}, -{1}, 1) WHEN '.' THEN CAST(replace({0}, '.', '') AS INTEGER) END",
                      amount.quoted, scale + 1),
          true};
}

std::string SqliteSink::column_type(const Field& field, bool) const {
  switch (field.type) {
    case Type::kBool:
    case Type::kInt64: return "INTEGER";
    case Type::kFloat64: return "REAL";
    case Type::kBinary: return "BLOB";
    default: return "TEXT";  // dates and times as ISO text; amounts too, since SQLite's NUMERIC is a float
  }
}

bool SqliteSink::holds(const Field& field, const database::Column& column) const {
  switch (field.type) {
    case Type::kInt64: return column.kind == ColumnKind::kInteger;
    case Type::kDecimal: return column.kind == ColumnKind::kText;
    case Type::kFloat64: return column.kind == ColumnKind::kFloat;
    case Type::kDate: return column.kind == ColumnKind::kDate || column.kind == ColumnKind::kText;
    case Type::kTimestamp: return column.kind == ColumnKind::kTimestamp || column.kind == ColumnKind::kText;
    default: return typed_column_holds(field, column);
  }
}

// A decimal is an optional minus, digits, and exactly `scale` digits behind the point.
std::string SqliteSink::column_check(const Field& field, const std::string& quoted) const {
  if (field.type == Type::kInt64) return fmt::format(" CHECK (typeof({}) IN ('integer', 'null'))", quoted);
  if (field.type == Type::kBool) return fmt::format(" CHECK ({} IN (0, 1))", quoted);
  if (field.type != Type::kDecimal) return "";
  std::string digits = "*[0-9]", allowed = "[^0-9-]";
  if (field.scale > 0) {
    digits += ".";
    for (int i = 0; i < field.scale; ++i) digits += "[0-9]";
    allowed = "[^0-9.-]";
  }
  return fmt::format(
      " CHECK (typeof({0}) IN ('text', 'null') AND {0} GLOB '{1}' AND {0} NOT GLOB '*{2}*' AND {0} NOT GLOB '*.*.*'"
      " AND {0} NOT GLOB '?*-*' AND length(ltrim({0}, '-')) <= {3})",
      quoted, digits, allowed, std::max(field.precision, field.scale + 1) + (field.scale > 0 ? 1 : 0));
}

// An integer beyond 64 bits is kept as text.
database::Value SqliteSink::minor_units(const std::string& digits) const {
  if (digits.empty()) return std::int64_t{0};
  std::int64_t number = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (parsed.ec == std::errc{} && parsed.ptr == digits.data() + digits.size()) return number;
  return digits;
}

}  // namespace

const SinkDialect& sqlite_sink_dialect();
const SinkDialect& sqlite_sink_dialect() {
  static const SqliteSink kDialect;
  return kDialect;
}

}  // namespace sentinel::sql_sink
