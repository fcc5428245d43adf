// The faults of MySQL and MariaDB, from their numbers and messages. Private to this library.
//
// What a message keeps: the names of columns, keys and constraints. What stands in quotes behind "entry", "value:",
// "string:" or "out of range in" is data and is hidden, up to the last quote or the "' for " that follows. The "near
// '…'" of a syntax error is removed where SOCI pasted values into the statement. A row fault of any other form is cut
// at its first quote.
#pragma once

#include "database/faults.hpp"

namespace sentinel::database {

enum class Flavour { kMysql, kMariadb };

inline constexpr std::string_view kMysqlDomain = "mysql";

// The table holds what mysqld_error.h and errmsg.h of MariaDB 10.11 and MySQL 8 list; any other number is kInternal.
Code classify_mysql(unsigned number, Flavour flavour);
FaultGuide mysql_fault_guide();
std::string mysql_fault_text(unsigned number, std::string_view raw, bool has_pasted_values);
Status mysql_fault(unsigned number, Flavour flavour, std::string_view raw, bool has_pasted_values);

}  // namespace sentinel::database
