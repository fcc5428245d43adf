// Reads a table's shape from the information_schema of MySQL and MariaDB.
#include "database/mysql/mysql.hpp"

#include <array>

namespace sentinel::database {
namespace {

constexpr std::array kKinds{
    NamedKind{"tinyint", ColumnKind::kInteger, 8},
    NamedKind{"smallint", ColumnKind::kInteger, 16},
    NamedKind{"mediumint", ColumnKind::kInteger, 24},
    NamedKind{"int", ColumnKind::kInteger, 32},
    NamedKind{"bigint", ColumnKind::kInteger, 64},
    NamedKind{"decimal", ColumnKind::kDecimal},
    NamedKind{"float", ColumnKind::kFloat},
    NamedKind{"double", ColumnKind::kFloat},
    NamedKind{"char", ColumnKind::kText},
    NamedKind{"varchar", ColumnKind::kText},
    NamedKind{"tinytext", ColumnKind::kText},
    NamedKind{"text", ColumnKind::kText},
    NamedKind{"mediumtext", ColumnKind::kText},
    NamedKind{"longtext", ColumnKind::kText},
    NamedKind{"json", ColumnKind::kText},
    NamedKind{"binary", ColumnKind::kBinary},
    NamedKind{"varbinary", ColumnKind::kBinary},
    NamedKind{"tinyblob", ColumnKind::kBinary},
    NamedKind{"blob", ColumnKind::kBinary},
    NamedKind{"mediumblob", ColumnKind::kBinary},
    NamedKind{"longblob", ColumnKind::kBinary},
    NamedKind{"date", ColumnKind::kDate},
    NamedKind{"datetime", ColumnKind::kTimestamp},
    NamedKind{"timestamp", ColumnKind::kTimestamp},
};

constexpr std::string_view kTableSql =
    "SELECT table_schema, table_name, engine, table_type FROM information_schema.tables "
    "WHERE table_schema = COALESCE(:1, DATABASE()) AND table_name = :2";
constexpr std::string_view kColumnsSql =
    "SELECT column_name, column_type, data_type, numeric_precision, numeric_scale, datetime_precision, "
    "character_maximum_length, is_nullable, column_default, extra, generation_expression, collation_name "
    "FROM information_schema.columns WHERE table_schema = :1 AND table_name = :2 ORDER BY ordinal_position";
constexpr std::string_view kTriggersSql =
    "SELECT trigger_name FROM information_schema.triggers "
    "WHERE event_object_schema = COALESCE(:1, DATABASE()) AND event_object_table = :2 ORDER BY 1";
constexpr std::string_view kIndexesSql =
    "SELECT index_name, non_unique, column_name, sub_part FROM information_schema.statistics "
    "WHERE table_schema = :1 AND table_name = :2 ORDER BY index_name, seq_in_index";

// What a collation keeps apart is in its name alone; MariaDB has no catalogue of padding.
void read_collation(Column& column, const std::string& collation) {
  column.collation = collation;
  if (column.kind != ColumnKind::kText || collation.empty()) return;
  const auto has = [&](std::string_view word) { return collation.find(word) != std::string::npos; };
  column.is_exact = collation.ends_with("_bin") || collation == "binary";
  column.ignores_padding =
      column.type_text.starts_with("char(") || !(has("nopad") || has("_0900_") || collation == "binary");
  column.keeps_all_text = has("utf8mb4") || has("utf16") || has("utf32") || has("gb18030") || has("uca1400");
}

TableKind kind_of(const std::string& type) {
  if (type == "BASE TABLE" || type == "SYSTEM VERSIONED") return TableKind::kTable;
  return type.ends_with("VIEW") ? TableKind::kView : TableKind::kOther;
}

Column column_of(const Row& row) {
  auto column = start_column(row, kKinds);
  column.is_unsigned = column.type_text.find("unsigned") != std::string::npos;
  if (column.kind == ColumnKind::kDecimal) {
    column.precision = number_of(row, 3);
    column.scale = number_of(row, 4);
  } else if (column.kind == ColumnKind::kTimestamp) {
    column.scale = number_of(row, 5);
  } else if (column.kind == ColumnKind::kText || column.kind == ColumnKind::kBinary) {
    column.length = long_number_of(row, 6);
  }
  column.is_nullable = flag_of(row, 7);
  const std::string extra = text_of(row, 9);
  column.is_generated = !text_of(row, 10).empty();
  // MariaDB prints the default NULL as the text "NULL".
  const bool has_value = row[8].has_value() && *row[8] != "NULL";
  column.is_numbered = extra.find("auto_increment") != std::string::npos || (has_value && row[8]->starts_with("uuid("));
  column.has_default = has_value || column.is_generated || column.is_numbered;
  read_collation(column, text_of(row, 11));
  return column;
}

}  // namespace

Result<std::optional<Table>> describe_mysql(Connection& connection, const TableName& name) {
  const Value schema = name.schema.empty() ? Value() : Value(name.schema);
  SENTINEL_ASSIGN(const auto found, connection.query(kTableSql, {schema, name.table}));
  if (found.empty()) return std::optional<Table>();
  Table table;
  table.name = name.schema.empty() ? text_of(found[0], 1) : text_of(found[0], 0) + "." + text_of(found[0], 1);
  table.engine = text_of(found[0], 2);
  table.kind = kind_of(text_of(found[0], 3));
  const Value place = text_of(found[0], 0), plain = text_of(found[0], 1);

  SENTINEL_ASSIGN(const auto columns, connection.query(kColumnsSql, {place, plain}));
  for (const auto& row : columns) table.columns.push_back(column_of(row));
  SENTINEL_ASSIGN(const auto parts, connection.query(kIndexesSql, {place, plain}));
  for (const auto& row : parts) {
    Index index;
    index.name = text_of(row, 0);
    index.is_unique = !flag_of(row, 1);
    index.is_primary = index.name == "PRIMARY";
    // A prefix of a column is not the column.
    add_index_part(table.indexes, index, row[3].has_value() ? "" : text_of(row, 2));
  }
  return std::optional<Table>(std::move(table));
}

Result<WriteHooks> hooks_mysql(Connection& connection, const TableName& name) {
  WriteHooks hooks;
  const Value schema = name.schema.empty() ? Value() : Value(name.schema);
  SENTINEL_ASSIGN(const auto triggers, connection.query(kTriggersSql, {schema, name.table}));
  hooks.triggers = first_cells(triggers);
  return hooks;
}

}  // namespace sentinel::database
