// Who is at fault, by the code that a database gives: what the tables of all dialects have in common. The tables
// themselves are data in each dialect's folder (mysql/faults.cpp and so on).
#pragma once

#include "database/url.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sentinel::database {

// One line of a dialect's table.
struct FaultLine {
  std::string native_code;  // a SQLSTATE may be its first characters only
  std::string_view name;    // "" where the table has none
  Code code;
};

// A dialect's table, for the reference.
struct FaultGuide {
  std::string_view domain;       // as it stands in Status::domain(): "mysql", "sqlstate", "sqlite"
  std::string_view title;        // "MySQL and MariaDB"
  std::string_view explanation;  // how a code is looked up, one or more sentences
  std::string_view heading;      // of the column of native codes
  bool is_in_order = false;      // the first line that fits decides, so lines are not grouped by code
  std::vector<FaultLine> lines = {};
};

}  // namespace sentinel::database
