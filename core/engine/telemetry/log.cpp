// Writes lines to standard error and to a file that may be rotated.
#include "engine/telemetry/log.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sentinel::telemetry {
namespace {

constexpr std::string_view kErase = "\r\033[K";

std::string_view word_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "?";
}

}  // namespace

void StandardErrorLog::write(LogLevel level, std::string_view text) {
  if (level < least_) return;
  const char* word = level == LogLevel::kError ? "error: " : level == LogLevel::kWarning ? "warning: " : "";
  const std::lock_guard lock(mutex_);
  const auto line = fmt::format("{}sentinel: {}{}\n{}", shown_.empty() ? "" : kErase, word, printable(text), shown_);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void StandardErrorLog::show(std::string_view line) {
  const std::lock_guard lock(mutex_);
  if (shown_.empty() && line.empty()) return;
  shown_ = line;
  const auto bytes = fmt::format("{}{}", kErase, shown_);
  std::fwrite(bytes.data(), 1, bytes.size(), stderr);
}

Result<std::unique_ptr<FileLog>> FileLog::open(std::string path, Clock& clock, Log& next) {
  std::unique_ptr<FileLog> log(new FileLog(std::move(path), clock, next));
  if (!log->reopen())
    return Status(Code::kStorage,
                  fmt::format("the log file {} cannot be written: {}", log->path_, std::strerror(errno)));
  return log;
}

FileLog::~FileLog() { close(descriptor_); }

// True if `descriptor_` is the file that has the name now.
bool FileLog::reopen() {
  struct stat held {
  }, named{};
  const bool is_same = descriptor_ >= 0 && fstat(descriptor_, &held) == 0 && stat(path_.c_str(), &named) == 0 &&
                       held.st_dev == named.st_dev && held.st_ino == named.st_ino;
  if (is_same) return true;
  constexpr mode_t kOnlyOurs = 0600;
  const int opened = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kOnlyOurs);
  if (opened < 0) return false;
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = opened;
  return true;
}

void FileLog::write(LogLevel level, std::string_view text) {
  append(level, text);
  next_.write(level, text);
}

void FileLog::note(LogLevel level, std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    append(level, text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

void FileLog::append(LogLevel level, std::string_view line) {
  const auto bytes = fmt::format("{} {} {}\n", utc_text(clock_.now_unix_ms()), word_of(level), printable(line));
  const std::lock_guard lock(mutex_);
  if (reopen() && ::write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size())) return;
  if (!std::exchange(is_fault_logged_, true))
    next_.warn(fmt::format("the log file {} cannot be written: {}", path_, std::strerror(errno)));
}

}  // namespace sentinel::telemetry
