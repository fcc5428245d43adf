// Row statements with one placeholder a value and several rows in one prepared statement.
#include "sql_sink/dialect/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace sentinel::sql_sink {
namespace {

using database::Statement;

constexpr std::size_t kMostPlaceholders = 65535;
// Sizes of key lists; a shorter list repeats its last key, so that few statements are ever prepared.
constexpr std::array<std::size_t, 4> kListSizes = {1, 8, 64, 500};

class PlaceholderRows final : public RowStatements {
 public:
  PlaceholderRows(database::Connection& connection, const Target& target, PlaceholderForm form)
      : RowStatements(connection, target), form_(form), dialect_(sink_dialect(target.dialect)) {}

  std::size_t rows_per_write() const override {
    return std::min(form_.most_rows, kMostPlaceholders / target_.columns.size());
  }
  Status read(const BatchColumns& columns, std::span<const std::int64_t> rows, const EachStored& each) override;
  Status write(WriteKind kind, const BatchColumns& columns, std::span<const std::int64_t> rows) override;

 private:
  Status read_range(KeyRange range, const EachStored& each);
  Status read_list(const BatchColumns& columns, std::span<const std::int64_t> rows, std::size_t size,
                   const EachStored& each);
  void bind(Statement& statement, std::size_t at, std::size_t column, const BatchColumns& columns, std::int64_t row);
  std::string select_list_sql(std::size_t size) const;
  std::string write_sql(WriteKind kind, std::size_t rows) const;
  Result<Statement*> kept(std::string_view kind, std::size_t size, const std::function<std::string()>& sql);

  const PlaceholderForm form_;
  const SinkDialect& dialect_;
  Scratch scratch_;
  std::map<std::pair<std::string, std::size_t>, Statement, std::less<>> kept_;
};

std::string PlaceholderRows::select_list_sql(std::size_t size) const {
  auto sql = select();
  if (target_.keys.size() == 1) {
    sql += key_list() + " IN (";
    for (std::size_t i = 0; i < size; ++i)
      sql += (i == 0 ? "" : ", ") + dialect_.key_place(target_.columns[target_.keys[0]], i + 1);
    return sql + ")";
  }
  std::string one;
  for (const auto key : target_.keys)
    one += fmt::format("{}{} = {}", one.empty() ? "(" : " AND ", target_.columns[key].quoted,
                       dialect_.key_place(target_.columns[key], 1));
  one += ")";
  for (std::size_t i = 0; i < size; ++i) sql += (i == 0 ? "" : " OR ") + one;
  return sql;
}

std::string PlaceholderRows::write_sql(WriteKind kind, std::size_t rows) const {
  auto sql = fmt::format("{} {} ({}{}{}) VALUES ", form_.insert, target_.quoted, column_list(),
                         target_.touched.empty() ? "" : ", ", target_.touched);
  std::string one = "(";
  for (std::size_t i = 0; i < target_.columns.size(); ++i) one += i == 0 ? "?" : ", ?";
  one += (target_.touched.empty() ? "" : ", " + target_.touched_value) + ")";
  for (std::size_t i = 0; i < rows; ++i) sql += (i == 0 ? "" : ", ") + one;
  if (kind == WriteKind::kInsert) return sql;
  return sql + dialect_.on_conflict(key_list()) + assignments();
}

Result<Statement*> PlaceholderRows::kept(std::string_view kind, std::size_t size,
                                         const std::function<std::string()>& sql) {
  auto found = kept_.find(std::pair(std::string(kind), size));
  if (found == kept_.end()) {
    SENTINEL_ASSIGN(auto prepared, Statement::prepare(connection_, sql()));
    found = kept_.emplace(std::pair(std::string(kind), size), std::move(prepared)).first;
  }
  return &found->second;
}

void PlaceholderRows::bind(Statement& statement, std::size_t at, std::size_t column, const BatchColumns& columns,
                           std::int64_t row) {
  const auto& target = target_.columns[column];
  const auto& values = columns[column];
  if (values.is_null(row)) return statement.bind_null(at);
  if (is_integral(target.shape.type)) return statement.bind_int64(at, cell_integer(values, row));
  const auto text = cell_text(target, values, row, scratch_);
  return target.shape.type == Type::kBinary ? statement.bind_bytes(at, text) : statement.bind_text(at, text);
}

Status PlaceholderRows::read_range(KeyRange range, const EachStored& each) {
  SENTINEL_ASSIGN(auto* statement, kept("range", 0, [&] { return select() + key_list() + " BETWEEN ? AND ?"; }));
  statement->bind_int64(0, range.least);
  statement->bind_int64(1, range.greatest);
  SENTINEL_ASSIGN(const auto ignored, statement->execute());
  static_cast<void>(ignored);
  return each_row(*statement, each);
}

Status PlaceholderRows::read_list(const BatchColumns& columns, std::span<const std::int64_t> rows, std::size_t size,
                                  const EachStored& each) {
  SENTINEL_ASSIGN(auto* statement, kept("list", size, [&] { return select_list_sql(size); }));
  scratch_.clear();
  for (std::size_t i = 0, at = 0; i < size; ++i)
    for (const auto key : target_.keys) bind(*statement, at++, key, columns, rows[std::min(i, rows.size() - 1)]);
  SENTINEL_ASSIGN(const auto ignored, statement->execute());
  static_cast<void>(ignored);
  return each_row(*statement, each);
}

Status PlaceholderRows::read(const BatchColumns& columns, std::span<const std::int64_t> rows, const EachStored& each) {
  if (const auto range = narrow_range(columns, rows)) return read_range(*range, each);
  // A chain of ORs is parsed by recursion.
  const auto most = target_.keys.size() == 1 ? kListSizes.back() : kListSizes[2];
  while (!rows.empty()) {
    const auto count = std::min(rows.size(), most);
    const auto size = *std::ranges::lower_bound(kListSizes, count);
    SENTINEL_TRY(read_list(columns, rows.first(count), size, each));
    rows = rows.subspan(count);
  }
  return {};
}

Status PlaceholderRows::write(WriteKind kind, const BatchColumns& columns, std::span<const std::int64_t> rows) {
  const auto fill_and_run = [&](Statement& statement) -> Status {
    scratch_.clear();
    std::size_t at = 0;
    for (const auto row : rows)
      for (std::size_t column = 0; column < target_.columns.size(); ++column)
        bind(statement, at++, column, columns, row);
    return all_written(statement.execute(), rows);
  };
  const auto sql = [&] { return write_sql(kind, rows.size()); };
  if (rows.size() == 1 || rows.size() == rows_per_write()) {
    SENTINEL_ASSIGN(auto* statement, kept(kind == WriteKind::kInsert ? "insert" : "upsert", rows.size(), sql));
    return fill_and_run(*statement);
  }
  SENTINEL_ASSIGN(auto statement, Statement::prepare(connection_, sql()));
  return fill_and_run(statement);
}

}  // namespace

std::unique_ptr<RowStatements> make_placeholder_rows(database::Connection& connection, const Target& target,
                                                     PlaceholderForm form) {
  return std::make_unique<PlaceholderRows>(connection, target, form);
}

}  // namespace sentinel::sql_sink
