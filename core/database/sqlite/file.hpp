// What must be true of an SQLite file before SQLite sees it. Private to this library.
#pragma once

#include "database/connection.hpp"

#include <string>

namespace sentinel::database {

// Checks the file at `path`, and creates it if the options say so; a store is private to its owner. Errors:
// kInvalidConfig (no file, no folder), kRefused (a link, another user's file), kStorage (cannot be created).
Status prepare_sqlite_file(const std::string& path, const ConnectOptions& options);

}  // namespace sentinel::database
