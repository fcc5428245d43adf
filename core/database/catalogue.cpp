// What is the same in every dialect's catalogue: names, quoting, cells.
#include "database/catalogue_impl.hpp"

#include <algorithm>
#include <charconv>

namespace sentinel::database {
namespace {

constexpr std::size_t kLongestNameBytes = 63;

Result<std::vector<std::string_view>> split_name(std::string_view name) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= name.size();) {
    const auto end = std::min(name.find('.', begin), name.size());
    const auto part = name.substr(begin, end - begin);
    if (part.empty()) return invalid_config("the name \"" + std::string(name) + "\" has an empty part");
    if (part.size() > kLongestNameBytes) {
      return invalid_config("the name \"" + std::string(part) + "\" is longer than 63 bytes");
    }
    if (part.find('\0') != std::string_view::npos || part.find(':') != std::string_view::npos) {
      return invalid_config("a name of a table or column holds a zero byte or a ':'; rename it in the database");
    }
    parts.push_back(part);
    begin = end + 1;
  }
  return parts;
}

constexpr std::string_view list_tables_sql(Dialect dialect) {
  switch (dialect) {
    case Dialect::kMysql:
      return "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1";
    case Dialect::kPostgresql:
      return "SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END "
             "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', "
             "'f') "
             "AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg|_%' ESCAPE '|' ORDER BY 1";
    case Dialect::kSqlite:
      return "SELECT CASE schema WHEN 'main' THEN name ELSE schema || '.' || name END FROM pragma_table_list "
             "WHERE name NOT LIKE 'sqlite|_%' ESCAPE '|' AND type IN ('table', 'view', 'virtual') ORDER BY 1";
  }
  return {};
}

}  // namespace

const Column* Table::find(std::string_view column) const {
  const auto found = std::ranges::find(columns, column, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

Result<TableName> split_table_name(std::string_view name) {
  SENTINEL_ASSIGN(const auto parts, split_name(name));
  if (parts.size() == 1) return TableName{{}, std::string(parts[0])};
  if (parts.size() == 2) return TableName{std::string(parts[0]), std::string(parts[1])};
  return invalid_config("the table name \"" + std::string(name) + "\" has more than the two parts schema.table");
}

Result<std::string> quote_identifier(Dialect dialect, std::string_view name) {
  SENTINEL_ASSIGN(const auto parts, split_name(name));
  const char quote = dialect == Dialect::kMysql ? '`' : '"';
  std::string quoted;
  for (const auto part : parts) {
    if (!quoted.empty()) quoted += '.';
    quoted += quote;
    for (const char c : part) quoted.append(c == quote ? 2 : 1, c);
    quoted += quote;
  }
  return quoted;
}

Result<std::optional<Table>> describe_table(Connection& connection, std::string_view name) {
  SENTINEL_ASSIGN(const auto parts, split_table_name(name));
  switch (connection.dialect()) {
    case Dialect::kMysql: return describe_mysql(connection, parts);
    case Dialect::kPostgresql: return describe_postgresql(connection, parts);
    case Dialect::kSqlite: return describe_sqlite(connection, parts);
  }
  return internal_error("a dialect that does not exist");
}

Result<WriteHooks> write_hooks(Connection& connection, std::string_view name) {
  SENTINEL_ASSIGN(const auto parts, split_table_name(name));
  switch (connection.dialect()) {
    case Dialect::kMysql: return hooks_mysql(connection, parts);
    case Dialect::kPostgresql: return hooks_postgresql(connection, parts);
    case Dialect::kSqlite: return hooks_sqlite(connection, parts);
  }
  return internal_error("a dialect that does not exist");
}

Result<std::vector<std::string>> list_tables(Connection& connection) {
  SENTINEL_ASSIGN(const auto rows, connection.query(list_tables_sql(connection.dialect())));
  return first_cells(rows);
}

std::vector<std::string> first_cells(const std::vector<Row>& rows) {
  std::vector<std::string> cells;
  for (const auto& row : rows) cells.push_back(text_of(row, 0));
  return cells;
}

std::string text_of(const Row& row, std::size_t i) { return i < row.size() ? row[i].value_or("") : ""; }

std::int64_t long_number_of(const Row& row, std::size_t i) {
  const std::string text = text_of(row, i);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

int number_of(const Row& row, std::size_t i) { return static_cast<int>(long_number_of(row, i)); }

bool flag_of(const Row& row, std::size_t i) {
  const std::string text = text_of(row, i);
  return text == "1" || text == "t" || text == "true" || text == "YES";
}

Column start_column(const Row& row, std::span<const NamedKind> kinds) {
  Column column;
  column.name = text_of(row, 0);
  column.type_text = text_of(row, 1);
  const std::string type = text_of(row, 2);
  for (const auto& known : kinds) {
    if (known.type != type) continue;
    column.kind = known.kind;
    column.bits = known.bits;
  }
  return column;
}

void add_index_part(std::vector<Index>& indexes, const Index& head, std::string column) {
  if (indexes.empty() || indexes.back().name != head.name) indexes.push_back(head);
  indexes.back().columns.push_back(std::move(column));
  indexes.back().is_exact = indexes.back().is_exact && head.is_exact;
}

}  // namespace sentinel::database
