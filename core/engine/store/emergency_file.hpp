// Keeps letters when the store cannot be written: JSON lines in another folder, synced before anything relies on them,
// and imported exactly once when the store is opened next.
#pragma once

#include "engine/store/durable_file.hpp"
#include "engine/store/store.hpp"

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

namespace sentinel::store {

// SENTINEL_EMERGENCY_DIR, else sentinel-emergency beside the state folder.
std::filesystem::path emergency_folder(const std::filesystem::path& state_folder);

// One process's file, made when first needed and locked while the process has it, so that no half of it is taken in.
class EmergencyFile {
 public:
  EmergencyFile(std::filesystem::path folder, std::string store_id)
      : folder_(std::move(folder)), store_id_(std::move(store_id)) {}

  // Durable when ok; otherwise nothing of it stays in the file. Errors: kStorage.
  Status add(std::string_view delivery, std::span<const StoredLetter> letters);
  // What became of a delivery: "confirm" or "drop".
  Status add_fate(std::string_view delivery, std::string_view fate);
  bool holds(std::string_view delivery) const { return deliveries_.contains(std::string(delivery)); }
  bool is_open() const { return file_.is_open(); }
  // Closes and unlocks the file, so that it can be taken in.
  void close();

 private:
  Status ensure_open();
  Status append(const std::string& lines);

  std::filesystem::path folder_, path_;
  std::string store_id_;
  Descriptor file_;
  std::uint64_t size_ = 0;  // what is known to be durable
  std::unordered_set<std::string> deliveries_;
};

// One line of a file, as it is taken in.
struct EmergencyLine {
  std::string delivery;
  std::string fate;  // empty: a letter
  StoredLetter letter;
};

// A file that no process holds, and its lines. The lock lasts as long as the object.
struct EmergencyContent {
  Descriptor file;
  std::filesystem::path path;
  std::string content_hash;
  std::vector<EmergencyLine> lines;
};

// Calls `take` with each file of this store that no process writes; when it answers ok, the file is renamed to *.taken.
// A last line without its end was never acknowledged and does not count. Errors: kStorage for a file that cannot be
// read, and what `take` says.
Status take_emergency_files(const std::filesystem::path& folder, std::string_view store_id,
                            const std::function<Status(const EmergencyContent&)>& take);

}  // namespace sentinel::store
