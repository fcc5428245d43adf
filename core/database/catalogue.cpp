// What is the same in every dialect's catalogue: names, quoting, cells.
#include "database/catalogue_impl.hpp"
#include "database/dialect.hpp"

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

Result<TableName> split_table_name(std::string_view name) {
  SENTINEL_ASSIGN(const auto parts, split_name(name));
  if (parts.size() == 1) return TableName{{}, std::string(parts[0])};
  if (parts.size() == 2) return TableName{std::string(parts[0]), std::string(parts[1])};
  return invalid_config("the table name \"" + std::string(name) + "\" has more than the two parts schema.table");
}

}  // namespace

const Column* Table::find(std::string_view column) const {
  const auto found = std::ranges::find(columns, column, &Column::name);
  return found == columns.end() ? nullptr : &*found;
}

std::string quote_part(Dialect dialect, std::string_view name) {
  const char quote = rules_of(dialect).identifier_quote();
  std::string quoted(1, quote);
  for (const char c : name) quoted.append(c == quote ? 2 : 1, c);
  return quoted + quote;
}

Result<std::string> quote_identifier(Dialect dialect, std::string_view name) {
  SENTINEL_ASSIGN(const auto parts, split_name(name));
  std::string quoted;
  for (const auto part : parts) quoted += (quoted.empty() ? "" : ".") + quote_part(dialect, part);
  return quoted;
}

Result<std::optional<Table>> describe_table(Connection& connection, std::string_view name) {
  SENTINEL_ASSIGN(const auto parts, split_table_name(name));
  return rules_of(connection).describe_table(connection, parts);
}

Result<WriteHooks> write_hooks(Connection& connection, std::string_view name) {
  SENTINEL_ASSIGN(const auto parts, split_table_name(name));
  return rules_of(connection).write_hooks(connection, parts);
}

Result<std::vector<Column>> describe_query(Connection& connection, const std::string& sql) {
  return rules_of(connection).describe_query(connection, sql);
}

Result<std::vector<std::string>> list_tables(Connection& connection) {
  SENTINEL_ASSIGN(const auto rows, connection.query(rules_of(connection).table_names_query()));
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
