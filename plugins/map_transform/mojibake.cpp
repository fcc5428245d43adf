// Re-encodes a text in the encoding in which it was wrongly decoded.
#include "map_transform/mojibake.hpp"

#include "map_transform/windows_1252.hpp"
#include "support/code_point.hpp"

#include <sentinel/text.hpp>

#include <algorithm>
#include <optional>

namespace sentinel::map_transform {
namespace {

using Encode = std::optional<char> (*)(char32_t);

std::optional<char> in_latin1(char32_t point) {
  if (point > 0xFF) return std::nullopt;
  return static_cast<char>(static_cast<unsigned char>(point));
}
std::optional<char> in_windows1252(char32_t point) {
  if (point < 0x80 || (point >= 0xA0 && point <= 0xFF)) return in_latin1(point);
  const auto found = std::find(kWindows1252.begin(), kWindows1252.end(), point);
  if (found == kWindows1252.end()) return std::nullopt;
  return in_latin1(static_cast<char32_t>(0x80 + (found - kWindows1252.begin())));
}

// The text whose bytes were decoded as the characters of `text`; nothing if they are not UTF-8.
std::optional<std::string> undone(std::string_view text, Encode encode) {
  std::string bytes;
  while (!text.empty()) {
    const auto byte = encode(support::take_code_point(text));
    if (!byte) return std::nullopt;
    bytes += *byte;
  }
  return is_utf8(bytes) ? std::optional(std::move(bytes)) : std::nullopt;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string repaired_mojibake(std::string text) {
  for (int round = 0; round < 2 && !is_ascii(text); ++round) {
    auto original = undone(text, in_windows1252);
    if (!original) original = undone(text, in_latin1);
    if (!original) break;
    text = std::move(*original);
  }
  return text;
}

}  // namespace sentinel::map_transform
