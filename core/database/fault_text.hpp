// Words for faults: the server's message without the data that it quotes.
//
// Rules, per dialect:
//  - control characters become spaces, so that no message can forge a log line;
//  - MySQL: what stands in quotes behind "entry", "value:", "string:" or "out of range in" is data, up to the last
//  quote or the
//    "' for " that follows; names of columns, keys and constraints stay. The "near '…'" of a syntax error goes where
//    values were pasted into the statement by SOCI. A row fault of any other form is cut at its first quote;
//  - PostgreSQL: only the primary message's first line (DETAIL holds the row); in class 22 it ends before its first
//  quote;
//  - then every bound text of 3 bytes and more that is left in the message is replaced.
#pragma once

#include "database/connection.hpp"
#include "database/faults.hpp"

#include <string>
#include <string_view>

namespace sentinel::database {

std::string clean_text(std::string_view raw);
std::string mysql_fault_text(unsigned number, std::string_view raw, bool has_pasted_values);
std::string postgresql_fault_text(std::string_view sqlstate, std::string_view raw);
std::string sqlite_fault_text(std::string_view raw);
// Takes `value` out of `message`, wherever it stands.
void hide_value(std::string& message, std::string_view value);
Status without_values(Status fault, std::span<const Value> values);

Status mysql_fault(unsigned number, Flavour flavour, std::string_view raw, bool has_pasted_values);
Status postgresql_fault(std::string_view sqlstate, std::string_view raw);
Status sqlite_fault(int extended_result, std::string_view raw);

}  // namespace sentinel::database
