// What the program says while it works: one line a fact on standard error, never a secret, never a record's content.
#pragma once

#include <sentinel/host.hpp>

#include <mutex>
#include <string>
#include <string_view>

namespace sentinel::telemetry {

// Any thread. Control bytes are made visible, so that no text from outside can forge a line or steer a terminal.
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

 private:
  std::mutex mutex_;
  LogLevel least_;
};

}  // namespace sentinel::telemetry
