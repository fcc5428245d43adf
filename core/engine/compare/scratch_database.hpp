// A temporary database for one comparison: bounded memory, and no file is left behind.
#pragma once

#include "database/connection.hpp"

#include <filesystem>
#include <memory>
#include <span>

namespace sentinel::engine {

// An unnamed SQLite file of mode 0600 that vanishes with the process, however that ends; with these tables, and inside
// a transaction that never ends. Errors: kStorage.
Result<std::unique_ptr<database::Connection>> open_scratch_database(const std::filesystem::path& folder,
                                                                    std::span<const char* const> tables);

}  // namespace sentinel::engine
