// Syncs in the order that matters: a file before its name, a name before anything that relies on it.
#include "engine/store/durable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace sentinel::store {
namespace {

Status storage(std::string message) { return {Code::kStorage, std::move(message)}; }

std::string quoted(const std::filesystem::path& path) { return "\"" + path.string() + "\""; }

// std::filesystem would make parents with the umask's mode.
Status make_folders(const std::filesystem::path& folder) {
  if (folder.has_parent_path() && folder.parent_path() != folder && !std::filesystem::exists(folder.parent_path()))
    SENTINEL_TRY(make_folders(folder.parent_path()));
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return file_fault("make the folder", folder);
  return sync_folder(folder.has_parent_path() ? folder.parent_path() : ".");
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (number_ >= 0) close(number_);
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Status file_fault(std::string_view what, const std::filesystem::path& path) {
  const auto reason = std::generic_category().message(errno);
  return storage("cannot " + std::string(what) + " " + quoted(path) + ": " + reason);
}

Result<std::filesystem::path> private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  auto wanted = std::filesystem::absolute(folder, error).lexically_normal();
  if (wanted.filename().empty()) wanted = wanted.parent_path();  // a trailing slash
  if (!std::filesystem::exists(wanted, error)) SENTINEL_TRY(make_folders(wanted));
  const auto real = std::filesystem::canonical(wanted, error);
  if (error) return storage("cannot find the folder " + quoted(wanted) + ": " + error.message());
  struct stat found {};
  if (stat(real.c_str(), &found) != 0) return file_fault("look at", real);
  if (!S_ISDIR(found.st_mode)) return storage(quoted(real) + " is not a folder; name another one");
  if (found.st_uid != geteuid())
    return storage(fmt::format("the folder {} belongs to user {}; run as that user, or name a folder of your own",
                               quoted(real), found.st_uid));
  if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return storage("others may write to the folder " + quoted(real) + "; check its content, then chmod 700 it");
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0 && chmod(real.c_str(), 0700) != 0)
    return file_fault("close to others the folder", real);
  return real;
}

Status check_private(const std::filesystem::path& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return errno == ENOENT ? Status() : file_fault("look at", path);
  if (S_ISLNK(found.st_mode)) return storage(quoted(path) + " is a symbolic link; put the file itself there");
  if (!S_ISREG(found.st_mode)) return storage(quoted(path) + " is not a file; move it away");
  if (found.st_uid != geteuid())
    return storage(
        fmt::format("{} belongs to user {}; run as that user, or change its owner", quoted(path), found.st_uid));
  return {};
}

Result<Descriptor> open_private(const std::filesystem::path& path, int flags) {
  SENTINEL_TRY(check_private(path));
  Descriptor file(open(path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.is_open()) return file_fault("open", path);
  if ((flags & O_ACCMODE) != O_RDONLY && fchmod(file.get(), S_IRUSR | S_IWUSR) != 0)
    return file_fault("close to others", path);
  return file;
}

Status write_all(int descriptor, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const auto written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return file_fault("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status sync_file(int descriptor, const std::filesystem::path& path) {
  return fsync(descriptor) == 0 ? Status() : file_fault("sync", path);
}

Status sync_folder(const std::filesystem::path& folder) {
  const Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open()) return file_fault("open the folder", folder);
  return sync_file(opened.get(), folder);
}

Result<std::string> read_all(int descriptor, const std::filesystem::path& path) {
  struct stat found {};
  if (fstat(descriptor, &found) != 0) return file_fault("look at", path);
  std::string bytes(static_cast<std::size_t>(found.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const auto count = pread(descriptor, bytes.data() + filled, bytes.size() - filled, static_cast<off_t>(filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_fault("read", path);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return bytes;
}

Status replace_file(const std::filesystem::path& path, std::string_view bytes) {
  auto fresh = path;
  fresh += ".new";
  SENTINEL_ASSIGN(const auto file, open_private(fresh, O_CREAT | O_TRUNC | O_WRONLY));
  SENTINEL_TRY(write_all(file.get(), bytes, fresh));
  SENTINEL_TRY(sync_file(file.get(), fresh));
  if (rename(fresh.c_str(), path.c_str()) != 0) return file_fault("put in place", path);
  return sync_folder(path.parent_path());
}

}  // namespace sentinel::store
