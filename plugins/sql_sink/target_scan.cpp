// Reads rows of the target in pages by key order, single rows by key, and the sums that the database computes.
#include "sql_sink/target_scan.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>

namespace sentinel::sql_sink {
namespace {

using database::Dialect;
using database::Statement;

std::string comma_list(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, ", ")); }

// The key as the database printed it: bytes are hex, so that every key is JSON text.
Cursor cursor_behind(const Target& target, const Statement& row) {
  auto values = nlohmann::json::array();
  for (const auto key : target.keys) {
    const auto text = row.text(key).value_or("");
    values.push_back(target.columns[key].shape.type == Type::kBinary ? to_hex(text) : std::string(text));
  }
  return Cursor(values.dump());
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned char byte = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

Result<std::vector<std::string>> values_of(const Target& target, const Cursor& cursor) {
  if (cursor.empty()) return std::vector<std::string>();
  const auto parsed = nlohmann::json::parse(cursor.text(), nullptr, false);
  std::vector<std::string> values;
  for (std::size_t i = 0; parsed.is_array() && i < parsed.size(); ++i)
    if (parsed[i].is_string()) values.push_back(parsed[i].get<std::string>());
  if (values.size() != target.keys.size()) return invalid_config("no cursor of a scan of this table");
  for (std::size_t i = 0; i < values.size(); ++i)
    if (target.columns[target.keys[i]].shape.type == Type::kBinary) values[i] = from_hex(values[i]);
  return values;
}

// SQLite has no decimals, and adds texts as floats: the digits without their point are integers, whose sum is exact or
// an error. A text without a point where the scale puts it is not Sentinel's; it counts as nothing here, and as a
// different row in the comparison.
std::string minor_units(const TargetColumn& amount) {
  const auto scale = amount.shape.scale;
  if (scale == 0) return fmt::format("CAST({} AS INTEGER)", amount.quoted);
  return fmt::format("CASE substr({0}, -{1}, 1) WHEN '.' THEN CAST(replace({0}, '.', '') AS INTEGER) END",
                     amount.quoted, scale + 1);
}

int128 parse_minor(std::string_view digits) {
  const auto number = Decimal::parse(digits);
  return number ? number->unscaled : 0;
}

}  // namespace

const TargetColumn* TargetScan::column_of(std::string_view field) const {
  for (const auto& column : target_.columns)
    if (column.shape.name == field) return &column;
  return nullptr;
}

// A row whose record left is there no more, as far as a comparison goes.
std::string TargetScan::where_present(const std::string& condition) const {
  if (target_.left.empty()) return condition.empty() ? "" : " WHERE " + condition;
  return fmt::format(" WHERE {} IS NULL{}{}", target_.left, condition.empty() ? "" : " AND ", condition);
}

// "(a > ?) OR (a = ? AND b > ?)": each branch is a range of the key's index.
std::string TargetScan::page_sql(bool is_first, std::int64_t limit) const {
  std::vector<std::string> columns, keys, branches;
  for (const auto& column : target_.columns) columns.push_back(column.quoted);
  for (const auto key : target_.keys) keys.push_back(target_.columns[key].quoted);
  std::size_t number = 0;
  for (std::size_t last = 0; !is_first && last < keys.size(); ++last) {
    std::string branch;
    for (std::size_t i = 0; i <= last; ++i)
      branch += fmt::format("{}{} {} {}", i == 0 ? "" : " AND ", keys[i], i == last ? ">" : "=",
                            key_place(target_, target_.keys[i], ++number));
    branches.push_back("(" + branch + ")");
  }
  const auto behind = branches.empty() ? std::string() : fmt::format("({})", fmt::join(branches, " OR "));
  return fmt::format("SELECT {} FROM {}{} ORDER BY {} LIMIT {}", comma_list(columns), target_.quoted,
                     where_present(behind), comma_list(keys), limit);
}

Result<Page> TargetScan::page(const Cursor& from, const Limits& limits, Rejects& rejects) {
  SENTINEL_ASSIGN(const auto values, values_of(target_, from));
  SENTINEL_ASSIGN(auto statement, Statement::prepare(connection_, page_sql(values.empty(), limits.max_rows)));
  std::size_t at = 0;
  for (std::size_t last = 0; last < values.size(); ++last)
    for (std::size_t i = 0; i <= last; ++i) bind_key(statement, at++, target_.columns[target_.keys[i]], values[i]);
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, statement.execute());
  Page page;
  BatchBuilder builder(schema_);
  std::int64_t seen = 0;
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, statement.step());
    if (!has_row) break;
    ++seen;
    page.next = cursor_behind(target_, statement);
    if (!append_row(builder, statement))
      rejects.reject(key_text(statement), "the target", "",
                     invalid_data("a column holds a value that is none of its field's type"));
  }
  page.batch = builder.finish();
  page.done = seen < limits.max_rows;
  if (page.next.empty()) page.next = from;
  return page;
}

bool TargetScan::append_row(BatchBuilder& builder, const Statement& row) const {
  BatchBuilder one(schema_);
  for (std::size_t i = 0; i < target_.columns.size(); ++i) {
    const auto& column = target_.columns[i];
    const auto text = row.text(i);
    if (!text && !schema_[column.field].is_nullable) return false;
    if (!text)
      one.column(column.field).append_null();
    else if (!append_stored(one.column(column.field), column, *text))
      return false;
  }
  const auto batch = one.finish();
  const auto view = batch.view(schema_);
  for (std::size_t i = 0; i < schema_.size(); ++i) builder.column(i).append_from(view.column(i), 0);
  return true;
}

std::string TargetScan::key_text(const Statement& row) const {
  if (target_.keys.size() == 1) return as_utf8(row.text(target_.keys[0]).value_or(""));
  return cursor_behind(target_, row).text();
}

Result<Batch> TargetScan::rows(const ArrowArray& keys) {
  BatchBuilder builder(schema_);
  if (keys.length == 0) return builder.finish();
  // Only the columns of the key are looked at.
  BatchColumns columns(target_.columns.size(), ColumnView(keys.children[0], keys.offset, Type::kInt64, 0));
  std::vector<std::int64_t> wanted;
  for (std::size_t i = 0; i < target_.keys.size(); ++i) {
    const auto& shape = target_.columns[target_.keys[i]].shape;
    columns[target_.keys[i]] = ColumnView(keys.children[i], keys.offset, shape.type, shape.scale);
  }
  for (std::int64_t row = 0; row < keys.length; ++row) wanted.push_back(row);
  const auto statements = target_.dialect == Dialect::kPostgresql ? make_array_rows(connection_, target_)
                                                                  : make_placeholder_rows(connection_, target_);
  SENTINEL_TRY(statements->read(columns, wanted, [&](const Statement& row) {
    const bool is_present = target_.left.empty() || !row.text(target_.columns.size());
    if (is_present) append_row(builder, row);
  }));
  return builder.finish();
}

Status TargetScan::totals(std::string_view amount_field, std::string_view currency_field,
                          const std::function<void(std::string_view, std::uint64_t, std::string_view)>& each) {
  const auto* amount = column_of(amount_field);
  const auto* currency = column_of(currency_field);
  if (amount == nullptr || (currency == nullptr && !currency_field.empty()))
    return invalid_config("the table has no column for the amount or its currency");
  const bool is_text = target_.dialect == Dialect::kSqlite && amount->shape.type == Type::kDecimal;
  const std::string by = currency == nullptr ? "''" : currency->quoted;
  SENTINEL_ASSIGN(const auto lines,
                  connection_.query(fmt::format("SELECT {}, COUNT(*), COALESCE(SUM({}), 0) FROM {}{}{}", by,
                                                is_text ? minor_units(*amount) : amount->quoted, target_.quoted,
                                                where_present(""), currency == nullptr ? "" : " GROUP BY " + by)));
  for (const auto& line : lines) {
    auto sum = line[2].value_or("0");
    if (is_text) sum = Decimal{parse_minor(sum), amount->shape.scale}.to_string();
    each(line[0].value_or(""), std::strtoull(line[1].value_or("0").c_str(), nullptr, 10), sum);
  }
  return {};
}

}  // namespace sentinel::sql_sink
