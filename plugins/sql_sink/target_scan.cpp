// Reads rows of the target in pages by key order, single rows by key, and the sums that the database computes.
#include "sql_sink/target_scan.hpp"

#include "sql_sink/dialect/dialect.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

namespace sentinel::sql_sink {
namespace {

using database::Statement;

std::string comma_list(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, ", ")); }

// The key as the database printed it: bytes are hex, so that every key is JSON text.
Cursor cursor_after(const Target& target, const Statement& row) {
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
  if (values.size() != target.keys.size()) return invalid_config("not a cursor of a scan of this table");
  for (std::size_t i = 0; i < values.size(); ++i)
    if (target.columns[target.keys[i]].shape.type == Type::kBinary) values[i] = from_hex(values[i]);
  return values;
}

// Takes stored rows into one batch, without a copy of each.
class StoredRows {
 public:
  StoredRows(const Target& target, const Schema& schema) : target_(target), schema_(schema), rows_(schema) {}
  // Errors: kInvalidData, with the field; the row is then left out of the batch.
  Status take(const Statement& row) {
    Status wrong;
    for (std::size_t i = 0; i < target_.columns.size(); ++i) {
      const auto& column = target_.columns[i];
      auto& out = rows_.column(column.field);
      if (wrong.ok()) wrong = append(out, column, row.text(i));
      if (!wrong.ok()) out.append_placeholder();
    }
    if (wrong.ok()) good_.push_back(seen_);
    ++seen_;
    return wrong;
  }
  Batch finish() {
    auto all = rows_.finish();
    return std::ssize(good_) == seen_ ? std::move(all) : select_rows(all.view(schema_), good_);
  }

 private:
  Status append(ColumnBuilder& out, const TargetColumn& column, std::optional<std::string_view> text) const {
    const auto& field = schema_[column.field];
    if (text)
      return append_stored(out, column, *text)
                 ? Status()
                 : invalid_data(
                       fmt::format("the column of field \"{}\" holds a value that is not of the field's type, {}",
                                   field.name, field.type_text()));
    if (!field.is_nullable)
      return invalid_data(
          fmt::format("the column of field \"{}\" holds NULL, and the field is never null", field.name));
    out.append_null();
    return {};
  }

  const Target& target_;
  const Schema& schema_;
  BatchBuilder rows_;
  std::vector<std::int64_t> good_;
  std::int64_t seen_ = 0;
};

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

// The row of a departed record counts as absent in a comparison.
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
                            sink_dialect(target_.dialect).key_place(target_.columns[target_.keys[i]], ++number));
    branches.push_back("(" + branch + ")");
  }
  const auto after = branches.empty() ? std::string() : fmt::format("({})", fmt::join(branches, " OR "));
  return fmt::format("SELECT {} FROM {}{} ORDER BY {} LIMIT {}", comma_list(columns), target_.quoted,
                     where_present(after), comma_list(keys), limit);
}

Result<Page> TargetScan::page(const Cursor& from, const Limits& limits, Rejects& rejects) {
  SENTINEL_ASSIGN(const auto values, values_of(target_, from));
  SENTINEL_ASSIGN(auto statement, Statement::prepare(connection_, page_sql(values.empty(), limits.max_rows)));
  std::size_t at = 0;
  for (std::size_t last = 0; last < values.size(); ++last)
    for (std::size_t i = 0; i <= last; ++i) bind_key(statement, at++, target_.columns[target_.keys[i]], values[i]);
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, statement.execute());
  Page page;
  StoredRows rows(target_, schema_);
  std::int64_t seen = 0;
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, statement.step());
    if (!has_row) break;
    ++seen;
    page.next = cursor_after(target_, statement);
    if (const auto wrong = rows.take(statement); !wrong.ok())
      rejects.reject(key_text(statement), "the target", "", wrong);
  }
  page.batch = rows.finish();
  page.done = seen < limits.max_rows;
  if (page.next.empty()) page.next = from;
  return page;
}

std::string TargetScan::key_text(const Statement& row) const {
  if (target_.keys.size() == 1) return as_utf8(row.text(target_.keys[0]).value_or(""));
  return cursor_after(target_, row).text();
}

Result<Batch> TargetScan::rows(const ArrowArray& keys) {
  StoredRows stored(target_, schema_);
  if (keys.length == 0) return stored.finish();
  // Only the columns of the key are looked at.
  BatchColumns columns(target_.columns.size(), ColumnView(keys.children[0], keys.offset, Type::kInt64, 0));
  std::vector<std::int64_t> wanted;
  for (std::size_t i = 0; i < target_.keys.size(); ++i) {
    const auto& shape = target_.columns[target_.keys[i]].shape;
    columns[target_.keys[i]] = ColumnView(keys.children[i], keys.offset, shape.type, shape.scale);
  }
  for (std::int64_t row = 0; row < keys.length; ++row) wanted.push_back(row);
  const auto statements = sink_dialect(target_.dialect).row_statements(connection_, target_);
  Status wrong;
  SENTINEL_TRY(statements->read(columns, wanted, [&](const Statement& row) {
    const bool is_present = target_.left.empty() || !row.text(target_.columns.size());
    if (!is_present || !wrong.ok()) return;
    if (auto taken = stored.take(row); !taken.ok())
      wrong = std::move(taken)
                  .with_code(Code::kInternal)
                  .prefixed(fmt::format("cannot read back the row {} of {}: ", key_text(row), target_.name));
  }));
  SENTINEL_TRY(wrong);
  return stored.finish();
}

Status TargetScan::totals(std::string_view amount_field, std::string_view currency_field,
                          const std::function<void(std::string_view, std::uint64_t, std::string_view)>& each) {
  const auto* amount = column_of(amount_field);
  const auto* currency = column_of(currency_field);
  if (amount == nullptr || (currency == nullptr && !currency_field.empty()))
    return invalid_config("the table has no column for the amount or its currency");
  const auto summand = sink_dialect(target_.dialect).summand(*amount);
  const std::string by = currency == nullptr ? "''" : currency->quoted;
  SENTINEL_ASSIGN(
      const auto lines,
      connection_.query(fmt::format("SELECT {}, COUNT(*), COALESCE(SUM({}), 0) FROM {}{}{}", by, summand.sql,
                                    target_.quoted, where_present(""), currency == nullptr ? "" : " GROUP BY " + by)));
  for (const auto& line : lines) {
    auto sum = line[2].value_or("0");
    if (summand.is_minor) sum = Decimal{parse_minor(sum), amount->shape.scale}.to_string();
    each(line[0].value_or(""), std::strtoull(line[1].value_or("0").c_str(), nullptr, 10), sum);
  }
  return {};
}

}  // namespace sentinel::sql_sink
