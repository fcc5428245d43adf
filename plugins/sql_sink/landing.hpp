// Brings the rows of one batch into the target: reads what stands there, writes only new and changed rows, and finds
// the rows that the database refuses.
#pragma once

#include "sql_sink/dialect/dialect.hpp"
#include "sql_sink/key_index.hpp"
#include "sql_sink/row_statements.hpp"

#include <sentinel/sink.hpp>

#include <optional>
#include <vector>

namespace sentinel::sql_sink {

class Landing {
 public:
  Landing(database::Connection& connection, const Target& target);

  // Fills the outcome of every row that has none yet. REQUIRES: inside the batch's transaction.
  // Errors: any but row faults; the transaction must then be rolled back.
  Status land(const BatchView& batch, bool is_replay, RowOutcomes& outcomes);
  // Marks or deletes the rows that are there, unless they are of a newer version or marked already. REQUIRES as land().
  Status depart(const BatchView& rows, std::span<const Departure> actions, std::vector<bool>& left);

 private:
  enum class Fate : std::uint8_t { kOut, kNew, kChanged, kUnchanged, kSuperseded };

  void check_rows(std::int64_t rows);
  void check_row(std::int64_t row);
  void compare_stored(const database::Statement& stored);
  Fate fate_beside(const database::Statement& stored, std::int64_t row) const;
  bool same(const database::Statement& stored, std::int64_t row) const;
  bool is_marked(const database::Statement& stored) const;
  bool is_newer(const database::Statement& stored, std::int64_t row) const;
  Status depart_row(Departure action, std::int64_t row);
  std::string depart_sql(Departure action) const;
  Status write_all(WriteKind kind, std::span<const std::int64_t> rows);
  Status write_slice(WriteKind kind, std::span<const std::int64_t> rows);
  Status attempt(WriteKind kind, std::span<const std::int64_t> rows);
  Status settle_refused(WriteKind kind, std::int64_t row, const Status& why);

  database::Connection& connection_;
  const Target& target_;
  const SinkDialect& dialect_;
  const CellRules cell_rules_;
  std::unique_ptr<RowStatements> statements_;
  std::optional<database::Statement> mark_, delete_;
  Scratch scratch_;
  BatchColumns columns_;
  KeyIndex index_;
  std::string key_;
  std::vector<Fate> fates_;
  bool is_replay_ = false;
  RowOutcomes* outcomes_ = nullptr;
};

}  // namespace sentinel::sql_sink
