// Who is at fault, by the number a database gives: the tables that turn MySQL error numbers, SQLSTATEs and SQLite
// result codes into Sentinel's codes.
#pragma once

#include "database/url.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sentinel::database {

enum class Flavour { kMysql, kMariadb, kPostgresql, kSqlite };

// Sources: mysqld_error.h and errmsg.h of MariaDB 10.11 and MySQL 8; errcodes.txt of PostgreSQL 15; sqlite3.h. A number
// that stands in no table is kInternal for MySQL and SQLite; by SQLSTATE class for PostgreSQL.
Code classify_mysql(unsigned number, Flavour flavour);
Code classify_sqlstate(std::string_view sqlstate);
Code classify_sqlite(int extended_result);

// One line of the tables, for the reference. The lines of a domain stand in the order in which they are looked up.
struct FaultLine {
  std::string_view domain;
  std::string native_code;  // a SQLSTATE may be its first characters only
  std::string_view name;    // "" where the table has none
  Code code;
};
std::vector<FaultLine> fault_lines();

// The domain as it stands in Status::domain(): "mysql", "sqlstate", "sqlite".
std::string_view fault_domain(Dialect dialect);

}  // namespace sentinel::database
