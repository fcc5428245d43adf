// Does the table keep every record apart from every other, and which of two versions of one is newer?
#pragma once

#include "sql_sink/preflight.hpp"

namespace sentinel::sql_sink {

// Fills target.keys. `where` names the table in messages. REQUIRES: target.columns hold every field. Errors:
// kInvalidConfig with the cure.
Status find_key(const database::Table& table, const TargetOptions& options, std::string where, Target& target);
// Fills target.version. Errors: kInvalidConfig where version_by names nothing that can be compared.
Status find_version(const TargetOptions& options, Target& target);

// The refusal of a table, as every check of the preflight gives it.
Status unfit_table(std::string message, std::string option);

}  // namespace sentinel::sql_sink
