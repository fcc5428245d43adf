// The program's log: one line for each fact, on standard error and, if configured, in a file. It never holds a secret
// or the content of a record.
#pragma once

#include "engine/telemetry/clock.hpp"

#include <sentinel/host.hpp>
#include <sentinel/status.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace sentinel::telemetry {

// Any thread. Control bytes are escaped, so that no text from outside can forge a line or control a terminal.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view text) = 0;
  void info(std::string_view text) { write(LogLevel::kInfo, text); }
  void warn(std::string_view text) { write(LogLevel::kWarning, text); }
};

// "sentinel: warning: …" on standard error; lines below `least` are left out.
class StandardErrorLog final : public Log {
 public:
  explicit StandardErrorLog(LogLevel least = LogLevel::kInfo) : least_(least) {}
  void write(LogLevel level, std::string_view text) override;
  // For terminals: keeps one line below the log, rewritten in place. Empty: takes it away.
  void show(std::string_view line);

 private:
  std::mutex mutex_;
  LogLevel least_;
  std::string shown_;
};

// "2026-11-22T20:14:03Z warning …", appended to a file of mode 0600, and then what `next` makes of it. A file that was
// moved away (by logrotate) is opened anew.
class FileLog final : public Log {
 public:
  // REQUIRES: clock and next outlive this object. Errors: kStorage with the path.
  static Result<std::unique_ptr<FileLog>> open(std::string path, Clock& clock, Log& next);
  ~FileLog() override;
  FileLog(const FileLog&) = delete;
  FileLog& operator=(const FileLog&) = delete;
  void write(LogLevel level, std::string_view text) override;
  // Writes to the file only, for what the terminal shows in another form. A text of several lines becomes several.
  void note(LogLevel level, std::string_view text);

 private:
  FileLog(std::string path, Clock& clock, Log& next) : path_(std::move(path)), clock_(clock), next_(next) {}
  bool reopen();
  void append(LogLevel level, std::string_view line);

  const std::string path_;
  Clock& clock_;
  Log& next_;
  std::mutex mutex_;
  int descriptor_ = -1;
  bool is_fault_logged_ = false;
};

}  // namespace sentinel::telemetry
