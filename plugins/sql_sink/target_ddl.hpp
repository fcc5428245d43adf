// The SQL that makes the target table, and the statements that the preflight names as cures.
#pragma once

#include "database/url.hpp"

#include <sentinel/schema.hpp>

#include <string>
#include <vector>

namespace sentinel::sql_sink {

// "DECIMAL(10,2)", "VARCHAR(191) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin": holds every value of the field exactly.
std::string column_type(database::Dialect dialect, const Field& field, bool is_key);

// CREATE TABLE IF NOT EXISTS with the fields of the schema, the unique key (none if `key` is empty), a surrogate "id"
// and "processed_at" where the schema has no fields of these names, and "left_at" where rows may be marked. Errors:
// kInvalidConfig for a name that cannot be quoted, or a type that cannot be a key.
Result<std::string> create_table_sql(database::Dialect dialect, const std::string& table, const Schema& schema,
                                     const std::vector<std::string>& key);

}  // namespace sentinel::sql_sink
