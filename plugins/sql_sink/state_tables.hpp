// The tables that Sentinel owns in the target: their SQL, whether they are there, and the words in which dialects
// differ.
#pragma once

#include "database/connection.hpp"

#include <string>
#include <string_view>

namespace sentinel::sql_sink {

inline constexpr int kStateVersion = 1;

// The text of sql/state/<dialect>/.
std::string_view state_ddl(database::Dialect dialect);

// Makes what is missing; safe to run twice and by several at once. Errors: kRefused where the account may not.
Status create_state_tables(database::Connection& connection);
// Errors: kInvalidConfig, native code "no_state_tables" where one is missing, "newer_state_tables" where a newer
// Sentinel made them.
Status check_state_tables(database::Connection& connection);
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
