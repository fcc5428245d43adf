// The plugin `sql`: one transform behind Sentinel's C boundary.
#include "sql_transform/sql.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN("sql_transform", SENTINEL_VERSION,
                sentinel::transform<sentinel::sql_transform::Sql>(
                    "sql", "Computes fields and leaves records out by expressions in SQLite's language."))
