// Opens the store's file so that nothing is ever replaced silently: a store that is missing, damaged or written by a
// newer program is an error that names the cure, and stays untouched.
#pragma once

#include "database/connection.hpp"
#include "engine/store/durable_file.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace sentinel::store {

// How long a process waits for another one that is opening or writing.
inline constexpr std::chrono::milliseconds kBusyTimeout{30000};

// <folder>/sentinel.db, <folder>/sentinel.db.made
std::filesystem::path store_path(const std::filesystem::path& folder);
std::filesystem::path marker_path(const std::filesystem::path& folder);

// Serialises opening between processes: making, migrating, taking emergency files in. Errors: kTransient after
// kBusyTimeout.
Result<Descriptor> lock_opening(const std::filesystem::path& folder);

// The connection to a store that was there before, checked as a whole first. Errors: kStorage.
Result<std::unique_ptr<database::Connection>> open_existing(const std::filesystem::path& folder);

struct OpenedStore {
  std::unique_ptr<database::Connection> connection;
  std::string store_id;
};
// As open_existing, or a new store where there never was one; tables up to date, marker in place.
// REQUIRES: lock_opening is held.
Result<OpenedStore> open_or_make(const std::filesystem::path& folder);

// A fault of the database as a fault of the store: kTransient stays, anything else is kStorage with the path.
Status store_fault(const std::filesystem::path& path, Status fault);

}  // namespace sentinel::store
