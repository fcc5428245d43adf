// What a text is made of: is it UTF-8, how many characters has it, how may it be shown.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sentinel {
namespace detail {

// The length of the well-formed sequence at the start of `text`, or 0 (table 3-7 of the Unicode standard).
// REQUIRES: !text.empty()
inline std::size_t sequence_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(0);
  if (lead < 0x80) return 1;
  std::size_t size = 0;
  unsigned char low = 0x80, high = 0xBF;  // of the second byte: what keeps overlong forms and surrogates out
  if (lead >= 0xC2 && lead <= 0xDF) {
    size = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    size = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    size = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  if (size == 0 || text.size() < size || byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < size; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  return size;
}

// The text with \xNN for every byte that is no part of a well-formed sequence, and for the sequences that `is_hidden`.
template <class IsHidden>
std::string escaped(std::string_view text, IsHidden is_hidden) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto size = sequence_size(text);
    const auto sequence = text.substr(0, std::max<std::size_t>(size, 1));
    if (size != 0 && !is_hidden(sequence)) {
      out += sequence;
    } else {
      for (const char c : sequence) {
        const auto byte = static_cast<unsigned char>(c);
        out += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
      }
    }
    text.remove_prefix(sequence.size());
  }
  return out;
}

// C0, DEL and C1: what can forge a line or steer a terminal.
inline bool is_control(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  return lead < 0x20 || lead == 0x7F || (lead == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0);
}

}  // namespace detail

// True for well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. NUL is a character like others.
inline bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    while (text.size() >= 8) {  // eight bytes at a time while they are ASCII
      std::uint64_t eight;
      std::memcpy(&eight, text.data(), 8);
      if ((eight & 0x8080808080808080u) != 0) break;
      text.remove_prefix(8);
    }
    if (text.empty()) return true;
    const auto size = detail::sequence_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

// How many characters (code points) the text has. REQUIRES: is_utf8(text)
inline std::int64_t code_points(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

// The text as a database and JSON take it: every byte that is not UTF-8, and every NUL, is written as \xNN.
inline std::string as_utf8(std::string_view text) {
  return detail::escaped(text, [](std::string_view sequence) { return sequence[0] == '\0'; });
}

// The text as a line of a log or a terminal: control characters, too, are written as \xNN.
inline std::string printable(std::string_view text) { return detail::escaped(text, detail::is_control); }

// A to Z as a to z; every other character stays, so the length does too. Independent of the locale.
inline std::string lower_cased(std::string_view text) {
  std::string lower(text);
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// Two hex digits per byte.
inline std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char c : bytes) {
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

}  // namespace sentinel
