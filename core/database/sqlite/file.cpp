// Checks an SQLite file before SQLite opens it: nothing is created by accident, and no store is another user's.
#include "database/sqlite/file.hpp"

#include "database/fault_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace sentinel::database {
namespace {

std::string quoted(const std::string& path) { return "\"" + clean_text(path) + "\""; }

std::string reason(int error) { return std::generic_category().message(error); }

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// Exclusive: if a link is put there at this moment, nothing is written through it.
Status make_file(const std::string& path, const std::filesystem::path& folder, mode_t mode) {
  const File file(open(path.c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_RDWR, mode));
  if (file.get() < 0) {
    const Code code = errno == EACCES || errno == EPERM ? Code::kRefused : Code::kStorage;
    return {code, "cannot create the SQLite file " + quoted(path) + ": " + reason(errno)};
  }
  // If its name is not on disk yet, a power loss would lose the whole store.
  const File directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || fsync(directory.get()) != 0) {
    return {Code::kStorage, "cannot sync the folder of " + quoted(path) + ": " + reason(errno)};
  }
  return {};
}

Status check_store(const std::string& path, const struct stat& found) {
  if (S_ISLNK(found.st_mode)) {
    return {Code::kRefused, "the store " + quoted(path) + " is a symbolic link; name the file itself"};
  }
  if (found.st_uid != geteuid()) {
    return {Code::kRefused, "the store " + quoted(path) + " belongs to user " + std::to_string(found.st_uid) +
                                "; run as that user, or change its owner"};
  }
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0 && chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
    return {Code::kRefused, "cannot make the store " + quoted(path) + " private: " + reason(errno)};
  }
  return {};
}

}  // namespace

Status prepare_sqlite_file(const std::string& path, const ConnectOptions& options) {
  auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  struct stat found {};
  if (stat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) {
    return invalid_config("there is no folder " + quoted(folder.string()) + " for the SQLite file " + quoted(path) +
                          "; make it first");
  }
  if (lstat(path.c_str(), &found) != 0) {
    if (errno != ENOENT)
      return {Code::kRefused, "cannot inspect the SQLite file " + quoted(path) + ": " + reason(errno)};
    if (!options.create_file) {
      return invalid_config("there is no SQLite file " + quoted(path) +
                            "; correct the path, or create the database first");
    }
    return make_file(path, folder, options.durable_store ? S_IRUSR | S_IWUSR : 0666);
  }
  if (options.durable_store) SENTINEL_TRY(check_store(path, found));
  if (stat(path.c_str(), &found) != 0) {
    return invalid_config("the SQLite file " + quoted(path) + " is a link whose target is missing; correct the path");
  }
  if (!S_ISREG(found.st_mode))
    return invalid_config(quoted(path) + " is not a file; an sqlite url names a database file");
  return {};
}

}  // namespace sentinel::database
