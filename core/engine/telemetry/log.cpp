// Lines on standard error.
#include "engine/telemetry/log.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace sentinel::telemetry {

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) out.push_back(c);
    else out += fmt::format("\\x{:02x}", byte);
  }
  return out;
}

void StandardErrorLog::write(LogLevel level, std::string_view text) {
  if (level < least_) return;
  const char* word = level == LogLevel::kError ? "error: " : level == LogLevel::kWarning ? "warning: " : "";
  const auto line = fmt::format("sentinel: {}{}\n", word, printable(text));
  const std::lock_guard lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace sentinel::telemetry
