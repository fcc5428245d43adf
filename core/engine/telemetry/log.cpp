// Lines on standard error.
#include "engine/telemetry/log.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace sentinel::telemetry {

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto byte_at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = byte_at(i), next = byte_at(i + 1);
    if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {  // U+0080 to U+009F in UTF-8
      out += fmt::format("\\x{:02x}\\x{:02x}", byte, next);
      ++i;
    } else if (byte >= 0x20 && byte != 0x7F) {
      out.push_back(text[i]);
    } else {
      out += fmt::format("\\x{:02x}", byte);
    }
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
