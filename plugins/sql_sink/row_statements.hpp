// The statements by which rows of the target are read by key and written, many at once.
#pragma once

#include "sql_sink/cell.hpp"

#include "database/statement.hpp"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace sentinel::sql_sink {

// A batch's columns in the order of Target::columns.
using BatchColumns = std::vector<ColumnView>;
// One row of the target: its cells in the order of Target::columns; behind them Target::left, where there is one.
using EachStored = std::function<void(const database::Statement&)>;

// Binds a value for SinkDialect::key_place(), as the database prints it. Borrowed until the statement has run.
void bind_key(database::Statement& statement, std::size_t at, const TargetColumn& column, std::string_view value);

enum class WriteKind { kInsert, kUpsert };

// Keeps prepared statements of one connection: dies before the connection does.
class RowStatements {
 public:
  RowStatements(database::Connection& connection, const Target& target) : connection_(connection), target_(target) {}
  virtual ~RowStatements() = default;
  RowStatements(const RowStatements&) = delete;
  RowStatements& operator=(const RowStatements&) = delete;

  virtual std::size_t rows_per_write() const = 0;
  // The target's rows with the keys of `rows`, and maybe others. REQUIRES: rows is not empty, no key is null.
  virtual Status read(const BatchColumns& columns, std::span<const std::int64_t> rows, const EachStored& each) = 0;
  // REQUIRES: 0 < rows.size() <= rows_per_write(), no key occurs twice.
  virtual Status write(WriteKind kind, const BatchColumns& columns, std::span<const std::int64_t> rows) = 0;

 protected:
  struct KeyRange {
    std::int64_t least, greatest;
  };
  // The range of a single integer key, if reading all of it costs little more than reading the rows.
  std::optional<KeyRange> narrow_range(const BatchColumns& columns, std::span<const std::int64_t> rows) const;
  // "`a`, `b`" of all columns or of the keys.
  std::string column_list() const;
  std::string key_list() const;
  // "SELECT … FROM … WHERE "
  std::string select() const;
  // Behind SinkDialect::on_conflict().
  std::string assignments() const;
  // The outcome of a write that hit so many rows.
  static Status all_written(const Result<std::int64_t>& hit, std::span<const std::int64_t> rows);
  static Status each_row(database::Statement& statement, const EachStored& each);

  database::Connection& connection_;
  const Target& target_;
};

struct PlaceholderForm {
  std::size_t most_rows = 1;  // that one statement writes
  std::string_view insert;    // "INSERT INTO"
};
// One placeholder a value.
std::unique_ptr<RowStatements> make_placeholder_rows(database::Connection& connection, const Target& target,
                                                     PlaceholderForm form);
// One array a column, in PostgreSQL's syntax.
std::unique_ptr<RowStatements> make_array_rows(database::Connection& connection, const Target& target);

}  // namespace sentinel::sql_sink
