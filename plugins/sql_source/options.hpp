// What a pipeline file may say about an SQL source.
#pragma once

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

}  // namespace sentinel::sql_source
