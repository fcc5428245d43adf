// What the statements of all dialects share.
#include "sql_sink/row_statements.hpp"

#include "sql_sink/dialect/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sentinel::sql_sink {

void bind_key(database::Statement& statement, std::size_t at, const TargetColumn& column, std::string_view value) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool is_number = parsed.ec == std::errc{} && parsed.ptr == value.data() + value.size();
  if (column.shape.type == Type::kBinary)
    statement.bind_bytes(at, value);
  else if (is_integral(column.shape.type) && column.column.kind == database::ColumnKind::kInteger && is_number)
    statement.bind_int64(at, number);
  else
    statement.bind_text(at, value);
}

std::optional<RowStatements::KeyRange> RowStatements::narrow_range(const BatchColumns& columns,
                                                                   std::span<const std::int64_t> rows) const {
  if (target_.keys.size() != 1) return std::nullopt;
  const auto key = target_.keys[0];
  if (target_.columns[key].shape.type != Type::kInt64) return std::nullopt;
  KeyRange range{columns[key].int64(rows[0]), columns[key].int64(rows[0])};
  for (const auto row : rows) {
    range.least = std::min(range.least, columns[key].int64(row));
    range.greatest = std::max(range.greatest, columns[key].int64(row));
  }
  const auto width = static_cast<std::uint64_t>(range.greatest) - static_cast<std::uint64_t>(range.least);
  if (width > 4 * rows.size()) return std::nullopt;
  return range;
}

std::string RowStatements::column_list() const {
  std::string list;
  for (const auto& column : target_.columns) list += (list.empty() ? "" : ", ") + column.quoted;
  return list;
}

std::string RowStatements::key_list() const {
  std::string list;
  for (const auto key : target_.keys) list += (list.empty() ? "" : ", ") + target_.columns[key].quoted;
  return list;
}

std::string RowStatements::select() const {
  return fmt::format("SELECT {}{}{} FROM {} WHERE ", column_list(), target_.left.empty() ? "" : ", ", target_.left,
                     target_.quoted);
}

std::string RowStatements::assignments() const {
  const auto& dialect = sink_dialect(target_.dialect);
  std::string list;
  const auto add = [&](const std::string& name, const std::string& value) {
    list += fmt::format("{}{} = {}", list.empty() ? "" : ", ", name, value);
  };
  for (const auto& column : target_.columns)
    if (!column.is_key) add(column.quoted, dialect.incoming(column.quoted));
  if (!target_.touched.empty()) add(target_.touched, target_.touched_value);
  if (!target_.left.empty()) add(target_.left, "NULL");
  if (list.empty()) {  // nothing but the key
    const auto& key = target_.columns[target_.keys[0]].quoted;
    add(key, dialect.incoming(key));
  }
  return list;
}

Status RowStatements::all_written(const Result<std::int64_t>& hit, std::span<const std::int64_t> rows) {
  if (!hit) return hit.error();
  if (*hit >= static_cast<std::int64_t>(rows.size())) return {};
  return invalid_data("the database did not write the row and reported no fault; a trigger of the table does that")
      .native("sql", "left_out");
}

Status RowStatements::each_row(database::Statement& statement, const EachStored& each) {
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, statement.step());
    if (!has_row) return {};
    each(statement);
  }
}

}  // namespace sentinel::sql_sink
