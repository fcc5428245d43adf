// Reads a table's shape from SQLite's pragmas, and its declared types by SQLite's affinity rules.
#include "database/sqlite/sqlite.hpp"

#include <algorithm>
#include <charconv>

#include <sqlite3.h>

namespace sentinel::database {
namespace {

constexpr std::string_view kTableSql =
    "SELECT schema, name, type, wr FROM pragma_table_list "
    "WHERE name = :1 COLLATE NOCASE AND (:2 IS NULL OR schema = :2 COLLATE NOCASE) "
    "ORDER BY schema = 'temp' DESC, schema = 'main' DESC LIMIT 1";
constexpr std::string_view kColumnsSql =
    "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(:1, :2) WHERE hidden <> 1 ORDER BY "
    "cid";
constexpr std::string_view kIndexesSql =
    "SELECT l.name, l.\"unique\", l.origin, l.partial, CASE WHEN x.cid >= 0 THEN x.name ELSE '' END, x.coll "
    "FROM pragma_index_list(:1, :2) AS l, pragma_index_xinfo(l.name, :2) AS x WHERE x.key = 1 ORDER BY l.seq, x.seqno";

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

// "DECIMAL(10,2)": the numbers in its brackets.
void read_precision(Column& column) {
  const auto& text = column.type_text;
  const auto open = text.find('(');
  if (open == std::string::npos) return;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data() + open + 1, end, column.precision);
  const auto comma = text.find(',', open);
  if (first.ec != std::errc{} || comma == std::string::npos) return;
  const auto digits = std::min(text.find_first_of("0123456789", comma), text.size());
  std::from_chars(text.data() + digits, end, column.scale);
}

// The declared meaning first where SQLite has none (its NUMERIC is a float), then its own affinity rules in their
// order. Lengths are left out: SQLite enforces none.
void read_type(Column& column) {
  const std::string type = upper(column.type_text);
  const auto has = [&type](std::string_view word) { return type.find(word) != std::string::npos; };
  if (has("DECIMAL") || has("NUMERIC")) {
    column.kind = ColumnKind::kDecimal;
    read_precision(column);
  } else if (has("DATETIME") || has("TIMESTAMP")) {
    column.kind = ColumnKind::kTimestamp;
    column.scale = 6;
  } else if (type == "DATE") {
    column.kind = ColumnKind::kDate;
  } else if (has("BOOL")) {
    column.kind = ColumnKind::kBoolean;
  } else if (has("INT")) {
    column.kind = ColumnKind::kInteger;
    column.bits = 64;
  } else if (has("CHAR") || has("CLOB") || has("TEXT")) {
    column.kind = ColumnKind::kText;
  } else if (has("BLOB")) {
    column.kind = ColumnKind::kBinary;
  } else if (has("REAL") || has("FLOA") || has("DOUB")) {
    column.kind = ColumnKind::kFloat;
  }
}

// The pragmas do not show a column's collation.
bool compares_exactly(sqlite3* handle, const std::string& schema, const std::string& table, const std::string& column) {
  const char* collation = nullptr;
  const int found = sqlite3_table_column_metadata(handle, schema.c_str(), table.c_str(), column.c_str(), nullptr,
                                                  &collation, nullptr, nullptr, nullptr);
  return found != SQLITE_OK || collation == nullptr || upper(collation) == "BINARY";
}

Column column_of(const Row& row) {
  Column column;
  column.name = text_of(row, 0);
  column.type_text = text_of(row, 1);
  read_type(column);
  column.is_nullable = !flag_of(row, 2);
  column.is_generated = number_of(row, 5) != 0;
  column.has_default = column.is_generated || (row[3].has_value() && upper(*row[3]) != "NULL");
  return column;
}

// An INTEGER PRIMARY KEY is the row's own number: unique and filled by itself, without an index of its own.
void add_row_number(Table& table, const std::vector<Row>& columns, bool has_row_number) {
  const auto is_key = [](const Row& row) { return number_of(row, 4) > 0; };
  if (!has_row_number || std::ranges::count_if(columns, is_key) != 1) return;
  const auto at = static_cast<std::size_t>(std::ranges::find_if(columns, is_key) - columns.begin());
  auto& column = table.columns[at];
  if (upper(column.type_text) != "INTEGER") return;
  column.is_nullable = false;
  column.has_default = true;
  table.indexes.push_back({"", {column.name}, true, true});
}

}  // namespace

Result<std::optional<Table>> describe_sqlite(Connection& connection, const TableName& name) {
  const Value wanted = name.schema.empty() ? Value() : Value(name.schema);
  SENTINEL_ASSIGN(const auto found, connection.query(kTableSql, {name.table, wanted}));
  if (found.empty()) return std::optional<Table>();
  Table table;
  table.name = name.schema.empty() ? text_of(found[0], 1) : text_of(found[0], 0) + "." + text_of(found[0], 1);
  const auto type = text_of(found[0], 2);
  table.kind = type == "table" || type == "shadow" ? TableKind::kTable
               : type == "view"                    ? TableKind::kView
                                                   : TableKind::kOther;
  const Value schema = text_of(found[0], 0), plain = text_of(found[0], 1);

  SENTINEL_ASSIGN(const auto columns, connection.query(kColumnsSql, {plain, schema}));
  auto* const handle = static_cast<sqlite3*>(native_handle(connection));
  for (const auto& row : columns) {
    auto& column = table.columns.emplace_back(column_of(row));
    column.is_exact = compares_exactly(handle, text_of(found[0], 0), text_of(found[0], 1), column.name);
  }
  add_row_number(table, columns, text_of(found[0], 2) == "table" && !flag_of(found[0], 3));
  SENTINEL_ASSIGN(const auto parts, connection.query(kIndexesSql, {plain, schema}));
  for (const auto& row : parts) {
    Index index;
    index.name = text_of(row, 0);
    index.is_unique = flag_of(row, 1);
    index.is_primary = text_of(row, 2) == "pk";
    index.is_partial = flag_of(row, 3);
    index.is_exact = text_of(row, 5) == "BINARY";
    add_index_part(table.indexes, index, text_of(row, 4));
  }
  return std::optional<Table>(std::move(table));
}

Result<WriteHooks> hooks_sqlite(Connection& connection, const TableName& name) {
  WriteHooks hooks;
  SENTINEL_ASSIGN(const auto schema, quote_identifier(Dialect::kSqlite, name.schema.empty() ? "main" : name.schema));
  SENTINEL_ASSIGN(
      const auto triggers,
      connection.query("SELECT name FROM " + schema +
                           ".sqlite_schema WHERE type = 'trigger' AND tbl_name = :1 COLLATE NOCASE ORDER BY 1",
                       {name.table}));
  hooks.triggers = first_cells(triggers);
  return hooks;
}

}  // namespace sentinel::database
