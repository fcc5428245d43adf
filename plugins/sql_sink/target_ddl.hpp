// The SQL that creates the target table.
#pragma once

#include "database/url.hpp"

#include <sentinel/schema.hpp>

#include <string>
#include <vector>

namespace sentinel::sql_sink {

// CREATE TABLE IF NOT EXISTS with the fields of the schema, the unique key (none if `key` is empty), a surrogate "id"
// and "processed_at" where the schema has no fields of these names, and "left_at" where rows may be marked. Errors:
// kInvalidConfig for a name that cannot be quoted, or a type that cannot be a key.
Result<std::string> create_table_sql(database::Dialect dialect, const std::string& table, const Schema& schema,
                                     const std::vector<std::string>& key);

}  // namespace sentinel::sql_sink
