// The faults of PostgreSQL, from their SQLSTATEs and messages. Private to this library.
//
// A message keeps the first line of the primary message (DETAIL holds the row); in class 22 it ends before its first
// quote.
#pragma once

#include "database/faults.hpp"

namespace sentinel::database {

inline constexpr std::string_view kSqlstateDomain = "sqlstate";

// The table holds what errcodes.txt of PostgreSQL 15 lists, by class or by single state; any other is kInternal.
Code classify_sqlstate(std::string_view sqlstate);
FaultGuide postgresql_fault_guide();
std::string postgresql_fault_text(std::string_view sqlstate, std::string_view raw);
Status postgresql_fault(std::string_view sqlstate, std::string_view raw);

}  // namespace sentinel::database
