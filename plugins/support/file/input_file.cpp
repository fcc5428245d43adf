// Opens and reads a regular file by offset, and takes the stamp by which it is recognised later.
#include "support/file/input_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sentinel::support {
namespace {

std::string quoted(const std::string& path) { return "\"" + path + "\""; }

// A fault of the disk or of a network mount: the same read may succeed later.
Status read_fault(const std::string& path) {
  return {Code::kUnavailable, quoted(path) + " cannot be read: " + std::strerror(errno)};
}

Status open_fault(const std::string& path) {
  const auto reason = std::string(std::strerror(errno));
  if (errno == ENOENT || errno == ENOTDIR)
    return invalid_config(fmt::format(
        "there is no file {}; a relative path starts at the folder in which sentinel was started", quoted(path)));
  if (errno == EACCES || errno == EPERM)
    return {Code::kRefused, quoted(path) + " is not readable by this user: " + reason};
  return invalid_config(fmt::format("{} cannot be opened: {}", quoted(path), reason));
}

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

}  // namespace

Result<std::unique_ptr<InputFile>> InputFile::open(const std::string& path) {
  // O_NONBLOCK: opening a pipe would wait for a writer.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return open_fault(path).at_option("path");
  std::unique_ptr<InputFile> file(new InputFile(path, descriptor));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return read_fault(path).at_option("path");
  if (!S_ISREG(status.st_mode))
    return invalid_config(fmt::format("{} is {}; name a regular file, which can be read again from any position",
                                      quoted(path), kind_of(status.st_mode)))
        .at_option("path");
  return file;
}

InputFile::~InputFile() { ::close(descriptor_); }

Result<FileStamp> InputFile::stamp() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return read_fault(path_);
  return FileStamp{status.st_size, status.st_ino,
                   std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

Result<std::size_t> InputFile::read_at(std::int64_t offset, std::span<char> into) const {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const auto got =
        ::pread(descriptor_, into.data() + filled, into.size() - filled, offset + static_cast<std::int64_t>(filled));
    if (got == 0) break;
    if (got > 0)
      filled += static_cast<std::size_t>(got);
    else if (errno != EINTR)
      return read_fault(path_);
  }
  return filled;
}

}  // namespace sentinel::support
