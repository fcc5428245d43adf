// The plugin that offers `use: sql` as a source.
#include "sql_source/sql_source.hpp"

SENTINEL_PLUGIN("sql_source", SENTINEL_VERSION,
                sentinel::source<sentinel::sql_source::SqlSource>("sql",
                                                                  "Reads a table or a query of an SQL database."))
