// The folder of the engine's state, and the locks that say who works in it.
#include "engine/ledger/content_hash.hpp"
#include "engine/store/durable_file.hpp"
#include "engine/store/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>

namespace sentinel::store {
namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// A pipeline's name as part of a file name: anything unusual as %XX, and by its hash if it is long.
std::string file_name_of(std::string_view name) {
  if (name.size() > 64) return "%" + ledger::content_hash(name);
  std::string out;
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (plain) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back("0123456789ABCDEF"[byte >> 4]);
    out.push_back("0123456789ABCDEF"[byte & 15]);
  }
  return out;
}

// The text is informative only: a holder that died leaves it behind, and the next one overwrites it.
std::string holder_of(int descriptor) {
  char text[32] = {};
  if (pread(descriptor, text, sizeof text - 1, 0) <= 0) return "";
  const auto pid = std::strtol(text, nullptr, 10);
  return pid > 0 ? fmt::format(" (process {})", pid) : "";
}

}  // namespace

Result<std::filesystem::path> open_state_folder() {
  if (const auto chosen = setting("SENTINEL_STATE_DIR"); !chosen.empty()) return private_folder(chosen);
  if (geteuid() == 0) return private_folder("/var/lib/sentinel");
  // The XDG specification: a relative path there is ignored.
  if (const auto state = setting("XDG_STATE_HOME"); state.starts_with('/'))
    return private_folder(std::filesystem::path(state) / "sentinel");
  const auto home = setting("HOME");
  if (!home.starts_with('/'))
    return Status{Code::kStorage, "no place for the state folder: HOME is not set; set SENTINEL_STATE_DIR"};
  return private_folder(std::filesystem::path(home) / ".local" / "state" / "sentinel");
}

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder, std::string_view pipeline,
                                    std::string_view purpose) {
  SENTINEL_ASSIGN(const auto locks, private_folder(folder / "locks"));
  const auto path = locks / (file_name_of(pipeline) + "." + file_name_of(purpose) + ".lock");
  // Never unlinked: a process that has the old file open would hold a lock that no other process sees.
  SENTINEL_ASSIGN(auto file, open_private(path, O_CREAT | O_RDWR));
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return file_fault("lock", path);
    return Status{Code::kFenced, "another process" + holder_of(file.get()) + " holds the " + std::string(purpose) +
                                     " lock of pipeline \"" + std::string(pipeline) + "\" in \"" + folder.string() +
                                     "\"; wait for it, or stop it"};
  }
  const auto pid = std::to_string(getpid()) + "\n";
  if (ftruncate(file.get(), 0) != 0) return file_fault("write", path);
  SENTINEL_TRY(write_all(file.get(), pid, path));
  return FolderLock(file.release());
}

FolderLock::FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  if (this != &other) {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace sentinel::store
