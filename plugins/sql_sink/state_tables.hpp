// The tables that Sentinel owns in the target: their SQL, and whether they are there.
#pragma once

#include "database/connection.hpp"

#include <string>
#include <string_view>

namespace sentinel::sql_sink {

// One file of sql/state/<dialect>/. Each ends by adding its number to sentinel_schema, and may be run twice.
struct StateStep {
  int number;
  std::string_view sql;
};
// The steps above `version`, one after the other.
std::string state_ddl(database::Dialect dialect, int version);

// Creates what is missing and migrates what an older Sentinel created; safe to run twice and by several at once, and
// after one that was cut off. Errors: kRefused where the account may not, kInvalidConfig where a newer Sentinel made
// them.
Status create_state_tables(database::Connection& connection);
// Errors: kInvalidConfig, native code "no_state_tables" where one is missing or of an older Sentinel,
// "newer_state_tables" where a newer one made them.
Status check_state_tables(database::Connection& connection);
// The SQL of what create_state_tables would run.
Result<std::string> missing_state_ddl(database::Connection& connection);
// Runs statements that end in ";\n" one after the other, in one transaction where the database can, safe beside others
// that do the same. REQUIRES: each may be run twice.
Status run_ddl(database::Connection& connection, std::string_view script);

// The server's time now, as an expression, and the quoted column "cursor", which is a reserved word of MySQL.
std::string_view now_of(const database::Connection& connection);
std::string cursor_of(const database::Connection& connection);

}  // namespace sentinel::sql_sink
