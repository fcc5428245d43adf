// Takes the rows of a result into a batch, one record at a time; a record that cannot become a row is rejected whole.
#pragma once

#include "database/statement.hpp"
#include "sql_source/shape.hpp"
#include "support/cell.hpp"
#include "support/walk_cursor.hpp"

#include <sentinel/source.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::sql_source {

// The key of the row that `statement` stands on, a result of `shape`'s columns; `key` is overwritten.
void read_key(const Shape& shape, const database::Statement& statement, std::vector<support::KeyValue>& key);
// The same as a dead letter prints it.
std::string printed_key(const Shape& shape, const database::Statement& statement);

class Intake {
 public:
  Intake(const Shape& shape, Rejects& rejects);

  // Takes the row that `statement` stands on.
  void take(const database::Statement& statement);
  std::int64_t records() const { return records_; }  // rows and rejects
  std::int64_t bytes() const { return batch_.bytes() + rejected_bytes_; }
  Batch finish() { return batch_.finish(); }

 private:
  Status parse(const database::Statement& statement);
  Status check_storage(const database::Statement& statement, std::size_t i) const;
  void reject(const database::Statement& statement, const Status& why);

  const Shape& shape_;
  Rejects& rejects_;
  const bool has_typed_columns_;
  BatchBuilder batch_;
  std::vector<std::optional<std::string_view>> values_;
  std::vector<support::Cell> cells_;
  std::int64_t records_ = 0, rejected_bytes_ = 0;
};

}  // namespace sentinel::sql_source
