// The faults of SQLite, from its result codes. Private to this library.
#pragma once

#include "database/faults.hpp"

namespace sentinel::database {

inline constexpr std::string_view kSqliteDomain = "sqlite";

// The table holds what sqlite3.h lists; any other result is kInternal.
Code classify_sqlite(int extended_result);
FaultGuide sqlite_fault_guide();
std::string sqlite_fault_text(std::string_view raw);
Status sqlite_fault(int extended_result, std::string_view raw);

}  // namespace sentinel::database
