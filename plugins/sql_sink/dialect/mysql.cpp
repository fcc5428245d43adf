// The sink's part of MySQL and MariaDB.
#include "sql_sink/dialect/dialect.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::sql_sink {

std::span<const StateStep> mysql_state_steps();  // made from sql/state/mysql when the plugin is built

namespace {

using database::Connection;

constexpr std::size_t kRowsPerStatement = 1000;

class MysqlSink final : public SinkDialect {
 public:
  std::unique_ptr<RowStatements> row_statements(Connection& connection, const Target& target) const override {
    return make_placeholder_rows(connection, target, {kRowsPerStatement, "INSERT INTO"});
  }
  // Compared with a text, a decimal becomes a double.
  std::string key_place(const TargetColumn& column, std::size_t) const override {
    if (column.shape.type != Type::kDecimal) return "?";
    return fmt::format("CAST(? AS DECIMAL({},{}))", column.shape.precision, column.shape.scale);
  }
  std::string on_conflict(std::string_view) const override { return " ON DUPLICATE KEY UPDATE "; }
  std::string incoming(std::string_view column) const override { return fmt::format("VALUES({})", column); }
  // Not INSERT IGNORE: that would also cut names that are too long.
  std::string unless_there(std::string_view column) const override {
    return fmt::format(" ON DUPLICATE KEY UPDATE {0} = {0}", column);
  }
  CellRules cell_rules() const override { return {.keeps_zero_bytes = true}; }
  bool undoes_failed_statement() const override { return true; }
  Status check_constraints_at_once(Connection&) const override { return {}; }  // it never defers one
  Summand summand(const TargetColumn& amount) const override { return {amount.quoted}; }

  bool names_ignore_case() const override { return true; }
  std::string column_type(const Field& field, bool is_key) const override;
  bool holds(const Field& field, const database::Column& column) const override {
    return typed_column_holds(field, column);
  }
  std::string column_check(const Field&, const std::string&) const override { return ""; }
  TableParts table_parts() const override {
    return {"BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY", "DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)",
            " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"};
  }
  std::string now_for(const database::Column& column) const override {
    return fmt::format("UTC_TIMESTAMP({})", std::clamp(column.scale, 0, 6));
  }
  bool upserts_by_any_index() const override { return true; }
  std::optional<std::string> engine_fault(const database::Table& table, std::string_view quoted) const override {
    if (lower_cased(table.engine) == "innodb") return std::nullopt;
    return fmt::format(
        "has the engine {}, which keeps rows of a rolled back transaction; run: ALTER TABLE {} ENGINE=InnoDB",
        table.engine, quoted);
  }
  std::string change_type(std::string_view table, std::string_view column, const database::Column& shape,
                          const Field& field, bool is_key) const override {
    return fmt::format("run: ALTER TABLE {} MODIFY COLUMN {} {}{}", table, column, column_type(field, is_key),
                       shape.is_nullable ? "" : " NOT NULL");
  }
  std::string make_exact(std::string_view table, const TargetColumn& key) const override {
    return fmt::format("run: ALTER TABLE {} MODIFY COLUMN {} {} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin{}", table,
                       key.quoted, key.column.type_text, key.column.is_nullable ? "" : " NOT NULL");
  }
  std::string add_unique_key(std::string_view table, std::string_view, std::string_view columns) const override {
    return fmt::format("ALTER TABLE {} ADD UNIQUE ({})", table, columns);
  }
  std::string_view exact_collation() const override { return "COLLATE utf8mb4_bin"; }
  bool alters_columns() const override { return true; }

  std::string_view account_query() const override {
    return "SELECT CONCAT(QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', 1)), '@', "
           "QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))";
  }
  bool hides_forbidden_tables() const override { return true; }
  Result<std::vector<std::string>> missing_grants(Connection&, const Target&) const override {
    return std::vector<std::string>();
  }

  std::span<const StateStep> state_steps() const override { return mysql_state_steps(); }
  Status under_schema_lock(Connection& connection, const std::function<Status()>& work) const override;
  std::string age_ms(std::string_view column) const override {
    return fmt::format("TIMESTAMPDIFF(MICROSECOND, {}, UTC_TIMESTAMP(6)) DIV 1000", column);
  }
  std::string_view for_update() const override { return " FOR UPDATE"; }
  database::Value minor_units(const std::string& digits) const override { return digits.empty() ? "0" : digits; }
  Status end_connection(Connection& connection, std::int64_t id) const override;
};

std::string MysqlSink::column_type(const Field& field, bool is_key) const {
  switch (field.type) {
    case Type::kBool: return "BOOLEAN";
    case Type::kInt64: return "BIGINT";
    case Type::kFloat64: return "DOUBLE";
    case Type::kUtf8:
      return is_key          ? "VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
             : field.is_json ? "LONGTEXT CHARACTER SET utf8mb4"
                             : "MEDIUMTEXT CHARACTER SET utf8mb4";
    case Type::kBinary: return is_key ? "VARBINARY(255)" : "LONGBLOB";
    case Type::kDate: return "DATE";
    case Type::kTimestamp: return "DATETIME(6)";
    case Type::kDecimal: return fmt::format("DECIMAL({},{})", field.precision, field.scale);
  }
  return {};
}

// Every CREATE and ALTER commits itself. The lock ends with the connection.
Status MysqlSink::under_schema_lock(Connection& connection, const std::function<Status()>& work) const {
  constexpr std::string_view kName = "CONCAT('sentinel_schema ', MD5(DATABASE()))";
  SENTINEL_ASSIGN(const auto locked, connection.query(fmt::format("SELECT GET_LOCK({}, 20)", kName)));
  if (locked.empty() || locked[0][0] != "1")
    return {Code::kTransient, "another process is creating Sentinel's tables in " + connection.url().display()};
  auto status = work();
  const auto released = connection.query(fmt::format("SELECT RELEASE_LOCK({})", kName));
  return status.ok() && !released ? released.error() : std::move(status);
}

Status MysqlSink::end_connection(Connection& connection, std::int64_t id) const {
  SENTINEL_ASSIGN(const auto found,
                  connection.query("SELECT id FROM information_schema.processlist WHERE id = :1 AND db = DATABASE() "
                                   "AND user = SUBSTRING_INDEX(USER(), '@', 1)",
                                   {id}));
  if (found.empty()) return {};
  constexpr std::string_view kNoSuchThread = "1094";  // it ended in the meantime
  const auto ended = connection.execute("KILL CONNECTION :1", {id});
  return ended || ended.error().native_code() == kNoSuchThread ? Status() : ended.error();
}

}  // namespace

const SinkDialect& mysql_sink_dialect();
const SinkDialect& mysql_sink_dialect() {
  static const MysqlSink kDialect;
  return kDialect;
}

}  // namespace sentinel::sql_sink
