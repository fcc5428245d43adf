// May the account do what a run does? Asked before the first record, so that nothing stops half way.
#pragma once

#include "sql_sink/target.hpp"

#include "database/connection.hpp"

namespace sentinel::sql_sink {

// Asks for the target and for Sentinel's own tables. Writes nothing. REQUIRES: the tables exist. Errors: kRefused, with
// every GRANT that is missing.
Status check_rights(database::Connection& connection, const Target& target);
// The GRANTs that let this account run, once the tables are there; nothing for a file.
Result<std::string> grants_sql(database::Connection& connection, const std::string& quoted_target, Mode mode,
                               bool removes);

}  // namespace sentinel::sql_sink
