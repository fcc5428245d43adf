// Lines on standard error.
#include "engine/telemetry/log.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>

#include <cstdio>

namespace sentinel::telemetry {

void StandardErrorLog::write(LogLevel level, std::string_view text) {
  if (level < least_) return;
  const char* word = level == LogLevel::kError ? "error: " : level == LogLevel::kWarning ? "warning: " : "";
  const auto line = fmt::format("sentinel: {}{}\n", word, printable(text));
  const std::lock_guard lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace sentinel::telemetry
