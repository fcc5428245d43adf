// The plugin that offers `use: sql`.
#include "sql_transform/sql.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN("sql_transform", SENTINEL_VERSION,
                sentinel::transform<sentinel::sql_transform::Sql>(
                    "sql", "Computes fields and filters records by expressions in SQLite's language."))
