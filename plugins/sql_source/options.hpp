// The options of the sql source.
#pragma once

#include <sentinel/option.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::sql_source {

struct Options {
  std::string connection;
  std::optional<std::string> table, query;
  std::vector<std::string> key, columns;
  std::optional<std::string> modified;
  std::chrono::milliseconds overlap{600000};
};
inline constexpr auto kOptions = options<Options>(
    option("connection", &Options::connection, "Address of the database: mysql://, postgresql:// or sqlite:.")
        .required()
        .secret()
        .identity(),
    option("table", &Options::table, "Table or view to read; or else `query`.").identity(),
    option("query", &Options::query, "One SELECT statement whose rows are read; or else `table`.").identity(),
    option("key", &Options::key, "Columns that together identify a row; rows are read in their order.")
        .required()
        .identity(),
    option("columns", &Options::columns, "Columns to read beside the key; all if left out.").identity(),
    option("modified", &Options::modified,
           "Column with the time of the last change, taken as UTC: later runs read only rows changed since. Without "
           "it every run "
           "reads all rows."),
    option("overlap", &Options::overlap,
           "How far a window reaches back into the one before, for rows that were committed late.")
        .min(1000)
        .advanced());

}  // namespace sentinel::sql_source
