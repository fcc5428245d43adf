// Before the first write: does the table exist, take every field exactly, keep every key apart, and roll back with the
// ledger? docs/concepts/targets.md lists what is refused.
#pragma once

#include "sql_sink/target.hpp"

#include "database/connection.hpp"

#include <sentinel/schema.hpp>

#include <string>
#include <vector>

namespace sentinel::sql_sink {

struct TargetOptions {
  std::string table;
  Mode mode = Mode::kUpsert;
  std::vector<std::string> key;
  std::string version_by;  // empty: the field that the source calls its version, if one is
};

// What is worth a warning only is in Target::warnings. Errors: kInvalidConfig with the cure;
// native code "no_table" where the table is missing.
Result<Target> inspect_target(database::Connection& connection, const TargetOptions& options, const Schema& schema);

// The fault for a missing table, also where the file that would hold it is missing.
Status no_table(const std::string& table, const database::Url& url);

}  // namespace sentinel::sql_sink
