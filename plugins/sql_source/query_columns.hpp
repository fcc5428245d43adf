// Checks the `query` option, and asks the database which columns the query has, without reading a row.
#pragma once

#include "database/catalogue.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sentinel::sql_source {

// The query as a table to select from: "(SELECT … ) AS sentinel_query". Errors: kInvalidConfig at option "query" unless
// it is one SELECT or WITH statement.
Result<std::string> query_as_table(std::string_view query);

// The columns of `from`, a table expression, as database::describe_query() answers them.
Result<std::vector<database::Column>> query_columns(database::Connection& connection, const std::string& from);

}  // namespace sentinel::sql_source
