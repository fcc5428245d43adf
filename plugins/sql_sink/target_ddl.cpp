// The CREATE TABLE statement of the target.
#include "sql_sink/target_ddl.hpp"

#include "sql_sink/dialect/dialect.hpp"

#include "database/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::sql_sink {
namespace {

Status check_key_type(const Field& field) {
  if (field.type != Type::kFloat64) return {};
  return invalid_config("field \"" + field.name +
                        "\" is a float64, whose values cannot be compared exactly; choose another key")
      .at_option("key");
}

// A name with a dot would be read as a column of a table.
Status check_column_name(const std::string& field) {
  const auto dot = field.rfind('.');
  if (dot == std::string::npos) return {};
  return invalid_config(
      fmt::format("the field \"{}\" cannot be a column, since its name has a dot; let a map give it "
                  "another name: {}: {}",
                  field, field.substr(dot + 1), field));
}

}  // namespace

Result<std::string> create_table_sql(database::Dialect dialect, const std::string& table, const Schema& schema,
                                     const std::vector<std::string>& key) {
  SENTINEL_ASSIGN(const auto quoted_table, database::quote_identifier(dialect, table));
  const auto& rules = sink_dialect(dialect);
  const auto parts = rules.table_parts();
  const bool has_surrogate = schema.find("id") == Schema::npos;
  std::vector<std::string> lines;
  const auto quote = [&](const std::string& name) { return database::quote_identifier(dialect, name); };
  if (has_surrogate) {
    SENTINEL_ASSIGN(const auto id, quote("id"));
    lines.push_back(id + " " + std::string(parts.surrogate));
  }
  for (const auto& field : schema) {
    SENTINEL_TRY(check_column_name(field.name));
    SENTINEL_ASSIGN(const auto name, quote(field.name));
    const bool is_key = std::ranges::find(key, field.name) != key.end();
    if (is_key) SENTINEL_TRY(check_key_type(field));
    lines.push_back(name + " " + rules.column_type(field, is_key) + (is_key || !field.is_nullable ? " NOT NULL" : "") +
                    rules.column_check(field, name));
  }
  if (schema.find("processed_at") == Schema::npos) {
    SENTINEL_ASSIGN(const auto touched, quote("processed_at"));
    lines.push_back(touched + " " + std::string(parts.touched));
  }
  if (schema.marks() && schema.find("left_at") == Schema::npos) {
    SENTINEL_ASSIGN(const auto left, quote("left_at"));
    lines.push_back(left + " " + rules.column_type(timestamp("left_at"), false) + " NULL");
  }
  std::string key_columns;
  for (const auto& column : key) {
    SENTINEL_ASSIGN(const auto name, quote(column));
    key_columns += (key_columns.empty() ? "" : ", ") + name;
  }
  if (!key.empty()) lines.push_back((has_surrogate ? "UNIQUE (" : "PRIMARY KEY (") + key_columns + ")");
  return fmt::format("CREATE TABLE IF NOT EXISTS {} (\n  {}\n){}", quoted_table, fmt::join(lines, ",\n  "), parts.tail);
}

}  // namespace sentinel::sql_sink
