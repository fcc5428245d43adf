// Characters in and out of UTF-8.
#pragma once

#include <sentinel/text.hpp>

#include <string>
#include <string_view>

namespace sentinel::support {

// Takes the first character off `text`. REQUIRES: UTF-8, not empty.
inline char32_t take_code_point(std::string_view& text) {
  const auto size = detail::sequence_size(text);
  const auto lead = static_cast<unsigned char>(text[0]);
  char32_t point = size == 1 ? lead : lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  text.remove_prefix(size);
  return point;
}

// REQUIRES: a character that UTF-8 has: at most U+10FFFF, no surrogate.
inline void append_code_point(std::string& out, char32_t point) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | point >> 6);
  } else {
    if (point < 0x10000) {
      put(0xE0 | point >> 12);
    } else {
      put(0xF0 | point >> 18);
      put(0x80 | (point >> 12 & 0x3F));
    }
    put(0x80 | (point >> 6 & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

}  // namespace sentinel::support
