// The plugin that offers `use: sql` as a source.
#include "sql_source/sql_source.hpp"

SENTINEL_PLUGIN("sql_source", "0.1.0",
                sentinel::source<sentinel::sql_source::SqlSource>("sql",
                                                                  "Reads a table or a query of an SQL database."))
