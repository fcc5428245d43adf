// The store's tables, in numbered steps: PRAGMA user_version says how many of them a file has had.
#pragma once

#include "database/connection.hpp"

namespace sentinel::store {

int newest_version();

// The file's user_version. Errors: by fault table.
Result<int> version_of(database::Connection& connection);

// Brings the tables up to date, each step in one transaction. Errors: kStorage, naming both versions if the file is
// newer than the program, or if the file holds tables of another program.
Status migrate(database::Connection& connection);

}  // namespace sentinel::store
