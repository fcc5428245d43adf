// Files that must survive a power loss and belong to one user alone: private folders, synced writes, locks.
#pragma once

#include <sentinel/status.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace sentinel::store {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  int get() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// kStorage: "cannot <what> <path>: <the system's reason>" from errno.
Status file_fault(std::string_view what, const std::filesystem::path& path);

// Makes the folder (and its parents) with mode 0700 if it is missing, and answers its real path. An existing one of
// ours is closed to others. Errors: kStorage if it is no folder, another user's, or writable by others.
Result<std::filesystem::path> private_folder(const std::filesystem::path& folder);

// Opens a regular file of ours, never through a link, made with mode 0600 if `flags` say O_CREAT. Errors: kStorage.
Result<Descriptor> open_private(const std::filesystem::path& path, int flags);

// Refuses a link, another kind of file, and another owner; a missing file is fine. Errors: kStorage.
Status check_private(const std::filesystem::path& path);

Status write_all(int descriptor, std::string_view bytes, const std::filesystem::path& path);
Status sync_file(int descriptor, const std::filesystem::path& path);
Status sync_folder(const std::filesystem::path& folder);
Result<std::string> read_all(int descriptor, const std::filesystem::path& path);

// Writes a whole file under another name, syncs it, puts it in place, syncs the folder.
Status replace_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace sentinel::store
