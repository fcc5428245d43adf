// The plugin's one exported symbol.
#include "sql_sink/sql_sink.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN(
    "sql_sink", SENTINEL_VERSION,
    sentinel::sink<sentinel::sql_sink::SqlSink>("sql",
                                                "Writes records into a table of MySQL, MariaDB, PostgreSQL or SQLite, "
                                                "exactly once."))
