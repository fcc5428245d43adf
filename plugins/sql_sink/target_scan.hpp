// Reads the target for a comparison: pages in key order, rows by key, and the database's own sums.
#pragma once

#include "sql_sink/row_statements.hpp"

#include <sentinel/sink.hpp>

#include <functional>
#include <string_view>

namespace sentinel::sql_sink {

// Borrows all three; dies before the connection does. Every page is one statement: no transaction stays open between.
class TargetScan {
 public:
  TargetScan(database::Connection& connection, const Target& target, const Schema& schema)
      : connection_(connection), target_(target), schema_(schema) {}

  // Up to limits.max_rows rows after `from`, ascending by key. Errors: kInvalidConfig for a cursor that is none.
  Result<Page> page(const Cursor& from, const Limits& limits, Rejects& rejects);
  // The rows with these keys: an array of the key fields alone, in the order of the target's keys. Errors: kInternal
  // for a row whose values are not of their fields' types.
  Result<Batch> rows(const ArrowArray& keys);
  Status totals(std::string_view amount_field, std::string_view currency_field,
                const std::function<void(std::string_view, std::uint64_t, std::string_view)>& each);

 private:
  std::string page_sql(bool is_first, std::int64_t limit) const;
  std::string where_present(const std::string& condition) const;
  const TargetColumn* column_of(std::string_view field) const;
  std::string key_text(const database::Statement& row) const;

  database::Connection& connection_;
  const Target& target_;
  const Schema& schema_;
};

}  // namespace sentinel::sql_sink
