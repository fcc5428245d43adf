// The SQL of one page: keyset, reading window, key order and limit, with its parameters beside it.
#pragma once

#include "database/statement.hpp"
#include "sql_source/shape.hpp"
#include "support/walk_cursor.hpp"

#include <span>
#include <string>
#include <vector>

namespace sentinel::sql_source {

struct BoundQuery {
  std::string sql;
  std::vector<support::KeyValue> parameters;
};

// The rows behind walk.after that lie in the window, `limit` at most, ascending.
BoundQuery page_query(const Shape& shape, const support::WalkCursor& walk, std::int64_t limit);
// The rows with these keys, ascending.
BoundQuery keys_query(const Shape& shape, std::span<const std::vector<support::KeyValue>> keys);
// Up to `limit` rows that have a null in their key.
BoundQuery null_keys_query(const Shape& shape, std::int64_t limit);

void bind_all(database::Statement& statement, const std::vector<support::KeyValue>& parameters);

}  // namespace sentinel::sql_source
