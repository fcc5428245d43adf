// The pieces of the strings that SOCI's backends connect with. Private to this library.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace sentinel::database {

inline constexpr std::string_view kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";

// Both backends read name='value' with backslashes before quotes and backslashes.
inline void append_option(std::string& text, std::string_view name, std::string_view value) {
  text += " ";
  text += name;
  text += "='";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  text += "'";
}

// Rounded up, and never 0, which would lift the limit.
inline std::string whole_seconds(std::chrono::milliseconds time) {
  return std::to_string(std::max<std::int64_t>(1, (time.count() + 999) / 1000));
}

}  // namespace sentinel::database
