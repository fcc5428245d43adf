// What must be true of an SQLite file before SQLite sees it. Private to this library.
#pragma once

#include "database/connection.hpp"

#include <string>

namespace sentinel::database {

// Checks the file at `path`, and makes it if the options want that; a store is private to its owner. Errors:
// kInvalidConfig (no file, no folder), kRefused (a link, somebody else's file), kStorage (cannot be made).
Status prepare_sqlite_file(const std::string& path, const ConnectOptions& options);

}  // namespace sentinel::database
