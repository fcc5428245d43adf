// Trims texts, changes their case, and describes them for messages.
#include "map_transform/text.hpp"

#include <sentinel/text.hpp>

#include <algorithm>
#include <array>

namespace sentinel::map_transform {
namespace {

constexpr std::array<std::string_view, 9> kTrimmed = {" ",  "\t",       "\n",           "\v",          "\f",
                                                      "\r", "\xC2\xA0", "\xE2\x80\x8B", "\xEF\xBB\xBF"};

constexpr bool is_between(char c, char first, char last) { return c >= first && c <= last; }

std::string_view kind_of(char first) {
  if (is_between(first, '0', '9')) return "a digit";
  if (is_between(first, 'a', 'z') || is_between(first, 'A', 'Z')) return "a letter";
  if (first == '+' || first == '-') return "a sign";
  if (first == ' ' || is_between(first, '\t', '\r')) return "a space";
  if (static_cast<unsigned char>(first) >= 0x80) return "a character outside ASCII";
  return "a punctuation mark";
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto cut = [&](bool at_front) {
    return std::any_of(kTrimmed.begin(), kTrimmed.end(), [&](std::string_view space) {
      if (at_front ? !text.starts_with(space) : !text.ends_with(space)) return false;
      at_front ? text.remove_prefix(space.size()) : text.remove_suffix(space.size());
      return true;
    });
  };
  while (cut(true)) {
  }
  while (cut(false)) {
  }
  return text;
}

std::string upper_cased(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (is_between(c, 'a', 'z')) c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::string shape_of(std::string_view text) {
  if (text.empty()) return "it is empty";
  const auto characters = code_points(text);
  return std::to_string(characters) + (characters == 1 ? " character, starts with " : " characters, starts with ") +
         std::string(kind_of(text.front()));
}

}  // namespace sentinel::map_transform
