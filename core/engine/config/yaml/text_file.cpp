// Opens first and checks the open descriptor, so that what is checked is what is read.
#include "engine/config/yaml/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sentinel::config {
namespace {

constexpr std::size_t kMaxSecretBytes = 64 << 10;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Status errno_status(int error) {
  auto words = error == ENOENT ? std::string("no such file") : "cannot be read: " + std::string(std::strerror(error));
  return invalid_config(std::move(words)).native("errno", std::to_string(error));
}

// O_NONBLOCK: a named pipe must be refused, not waited for.
Result<Descriptor> open_file(const std::string& path, int flags) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags));
  if (file.get() < 0) return errno_status(errno);
  return file;
}

Result<struct stat> stat_of(const Descriptor& file) {
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return errno_status(errno);
  if (S_ISDIR(facts.st_mode)) return invalid_config("is a directory").native("errno", std::to_string(EISDIR));
  if (!S_ISREG(facts.st_mode)) return invalid_config("is not a regular file");
  return facts;
}

Result<std::string> read_all(const Descriptor& file, std::size_t max_bytes) {
  std::string content;
  std::array<char, 16384> buffer{};
  for (;;) {
    const auto got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_status(errno);
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > max_bytes) return invalid_config(fmt::format("is larger than {} KiB", max_bytes >> 10));
  }
}

// A link is followed only if nobody else could have put it there (a folder of mounted secrets is full of links).
Result<Descriptor> open_secret(const std::string& path) {
  auto file = open_file(path, O_NOFOLLOW);
  if (file.has_value() || file.error().native_code() != std::to_string(ELOOP)) return file;
  struct stat link {};
  if (::lstat(path.c_str(), &link) != 0) return errno_status(errno);
  if (link.st_uid != ::geteuid() && link.st_uid != 0) return invalid_config("is a link that belongs to another user");
  return open_file(path, 0);
}

}  // namespace

Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes) {
  SENTINEL_ASSIGN(const auto file, open_file(path, 0));
  SENTINEL_ASSIGN([[maybe_unused]] const auto facts, stat_of(file));
  return read_all(file, max_bytes);
}

bool is_missing_file(const Status& status) {
  return status.domain() == "errno" &&
         (status.native_code() == std::to_string(ENOENT) || status.native_code() == std::to_string(ENOTDIR));
}

Exposure exposure_of(uid_t owner, mode_t mode, uid_t caller) {
  if (owner != caller && owner != 0) return Exposure::kReplaceable;
  if ((mode & S_IWOTH) != 0) return Exposure::kReplaceable;
  return (mode & S_IROTH) != 0 ? Exposure::kReadable : Exposure::kNone;
}

Result<SecretFile> read_secret_file(const std::string& path) {
  SENTINEL_ASSIGN(const auto file, open_secret(path));
  SENTINEL_ASSIGN(const auto facts, stat_of(file));
  const auto exposure = exposure_of(facts.st_uid, facts.st_mode, ::geteuid());
  if (exposure == Exposure::kReplaceable)
    return invalid_config("can be changed by other users; make it yours and run chmod 600 on it");
  SENTINEL_ASSIGN(auto content, read_all(file, kMaxSecretBytes));
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  SecretFile secret{std::move(content), std::nullopt};
  if (exposure == Exposure::kReadable) secret.warning = "can be read by every user; run chmod 600 on it";
  return secret;
}

}  // namespace sentinel::config
