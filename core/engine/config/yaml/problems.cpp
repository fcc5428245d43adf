// Orders and formats the problems of a pipeline file.
#include "engine/config/yaml/problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace sentinel::config {

Position Positions::nearest(std::string_view path, Position whole) const {
  for (std::string at(path); !at.empty();) {
    if (const auto found = by_path_.find(at); found != by_path_.end()) return found->second;
    const auto dot = at.rfind('.');
    at.resize(dot == std::string::npos ? 0 : dot);
  }
  return whole;
}

std::string Problem::to_string() const {
  const auto line = at.line > 0 ? fmt::format(":{}", at.line) : "";
  const auto column = at.line > 0 && at.column > 0 ? fmt::format(":{}", at.column) : "";
  return fmt::format("{}{}{}: {}{}", file, line, column, is_warning ? "warning: " : "", text);
}

bool Problems::has_errors() const {
  return std::any_of(list_.begin(), list_.end(), [](const Problem& problem) { return !problem.is_warning; });
}

std::vector<Problem> Problems::in_order() && {
  const auto rank = [this](const Problem& problem) {
    return std::tuple(problem.file == file_, problem.at.line, problem.at.column);
  };
  std::stable_sort(list_.begin(), list_.end(), [&](const Problem& a, const Problem& b) { return rank(a) < rank(b); });
  return std::move(list_);
}

std::string in_quotes(std::string_view value) {
  constexpr std::size_t kLongest = 60;
  std::string out = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (out.size() > kLongest && (byte & 0xC0) != 0x80) return out + "…\"";
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20 || byte == 0x7F)
      out += '?';
    else
      out += c;
  }
  return out + "\"";
}

std::string listed(const std::vector<std::string>& words) {
  constexpr std::size_t kMost = 20;
  std::string out;
  for (std::size_t i = 0; i < words.size() && i < kMost; ++i) out += (i == 0 ? "" : ", ") + words[i];
  return words.size() > kMost ? out + ", …" : out;
}

}  // namespace sentinel::config
