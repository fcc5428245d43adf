// Writes a file under a temporary name, syncs it and renames it, so that it appears whole or not at all.
#include "file_sink/partial_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sentinel::file_sink {
namespace {

namespace fs = std::filesystem;

std::string quoted(const std::string& path) { return "\"" + path + "\""; }

std::string folder_of(const std::string& path) {
  const auto folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// Where a link points to: a rename would replace the link itself.
std::string behind_links(const std::string& path) {
  std::error_code fault;
  if (!fs::is_symlink(path, fault)) return path;
  const auto real = fs::canonical(path, fault);
  return fault ? path : real.string();
}

// True if the file of that name is the one that is open: not renamed or removed since.
bool is_still_named(int descriptor, const std::string& path) {
  struct stat open_one {
  }, named{};
  return ::fstat(descriptor, &open_one) == 0 && ::lstat(path.c_str(), &named) == 0 && open_one.st_ino == named.st_ino &&
         open_one.st_dev == named.st_dev;
}

Status sync_folder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const auto reason = std::string(std::strerror(errno));
  if (descriptor >= 0) ::close(descriptor);
  if (is_synced) return {};
  return {Code::kStorage, "the folder " + quoted(folder) + " cannot be synced: " + reason};
}

}  // namespace

Status check_place(const std::string& path) {
  const auto folder = folder_of(path);
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    return invalid_config(fmt::format("there is no folder {}; create it first", quoted(folder))).at_option("path");
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    return Status(Code::kRefused, fmt::format("the folder {} is not writable by this user", quoted(folder)))
        .at_option("path");
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return invalid_config(quoted(path) + " exists and is not a regular file").at_option("path");
  return {};
}

Result<std::unique_ptr<PartialFile>> PartialFile::begin(const std::string& path) {
  SENTINEL_TRY(check_place(path));
  const auto real = behind_links(path);
  const auto partial = real + ".partial";
  const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0)
    return Status(Code::kRefused, fmt::format("{} cannot be written: {}", quoted(partial), std::strerror(errno)))
        .at_option("path");
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 || !is_still_named(descriptor, partial)) {
    ::close(descriptor);
    return Status(Code::kFenced,
                  fmt::format("another run is writing {}; give each pipeline a file of its own", quoted(path)));
  }
  std::unique_ptr<PartialFile> file(new PartialFile(real, descriptor));
  if (::ftruncate(descriptor, 0) != 0) return file->storage_fault("cannot be emptied");
  struct stat former {};
  const mode_t mode = ::stat(real.c_str(), &former) == 0 ? former.st_mode & 0777 : 0600;
  if (::fchmod(descriptor, mode) != 0) return file->storage_fault("cannot be given its permissions");
  return file;
}

PartialFile::~PartialFile() {
  if (!is_published_) ::unlink(partial_path().c_str());
  ::close(descriptor_);
}

Status PartialFile::storage_fault(const std::string& what) const {
  return {Code::kStorage, quoted(partial_path()) + " " + what + ": " + std::strerror(errno)};
}

Status PartialFile::append(std::string_view text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const auto count = ::pwrite(descriptor_, text.data() + written, text.size() - written,
                                static_cast<off_t>(size_) + static_cast<off_t>(written));
    if (count > 0)
      written += static_cast<std::size_t>(count);
    else if (count == 0 || errno != EINTR)
      return storage_fault("cannot be written");
  }
  size_ += static_cast<long long>(text.size());
  return {};
}

Status PartialFile::publish() {
  if (::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0 || ::fsync(descriptor_) != 0)
    return storage_fault("cannot be synced");
  if (::rename(partial_path().c_str(), path_.c_str()) != 0)
    return storage_fault("cannot be renamed to " + quoted(path_));
  is_published_ = true;
  return sync_folder(folder_of(path_));
}

}  // namespace sentinel::file_sink
