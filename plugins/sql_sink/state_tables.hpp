// The tables that Sentinel owns in the target: their SQL, whether they are there, and the words in which dialects
// differ.
#pragma once

#include "database/connection.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sentinel::sql_sink {

// One file of sql/state/<dialect>/. Each ends by adding its number to sentinel_schema, and may be run twice.
struct StateStep {
  int number;
  std::string_view sql;
};
std::span<const StateStep> state_steps(database::Dialect dialect);  // numbered from 1 without a gap
// The steps above `version`, one after the other.
std::string state_ddl(database::Dialect dialect, int version);

// Makes what is missing and migrates what an older Sentinel made; safe to run twice and by several at once, and after
// one that was cut off. Errors: kRefused where the account may not, kInvalidConfig where a newer Sentinel made them.
Status create_state_tables(database::Connection& connection);
// Errors: kInvalidConfig, native code "no_state_tables" where one is missing or of an older Sentinel,
// "newer_state_tables" where a newer one made them.
Status check_state_tables(database::Connection& connection);
// The SQL of what create_state_tables would run.
Result<std::string> missing_state_ddl(database::Connection& connection);
// Runs statements that end in ";\n" one after the other, in one transaction where the database can, safe beside others
// that do the same. REQUIRES: each may be run twice.
Status run_ddl(database::Connection& connection, std::string_view script);

// SQL expressions: the server's time now; how old the column "heartbeat" is in milliseconds.
std::string_view sql_now(database::Dialect dialect);
std::string_view sql_heartbeat_age_ms(database::Dialect dialect);
// "cursor" is a reserved word of MySQL.
std::string_view sql_cursor(database::Dialect dialect);
// Behind an INSERT with a column "pipeline": leaves an existing row as it is.
std::string_view sql_unless_there(database::Dialect dialect);
// Behind a SELECT: locks its rows until the transaction ends.
std::string_view sql_for_update(database::Dialect dialect);

}  // namespace sentinel::sql_sink
