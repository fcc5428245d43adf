// Splits addresses at their separators without validating them: the component that takes one does that.
#include "engine/config/url_text.hpp"

#include <algorithm>

namespace sentinel::config {
namespace {

constexpr std::string_view kSeparator = "://";

struct Parts {
  std::string_view scheme, userinfo, rest, query;  // scheme with ://, query with ? or #
};

Parts split(std::string_view text) {
  Parts parts;
  const auto start = text.find(kSeparator) + kSeparator.size();
  parts.scheme = text.substr(0, start);
  auto rest = text.substr(start);
  const auto query = std::min(rest.find_first_of("?#"), rest.size());
  parts.query = rest.substr(query);
  rest = rest.substr(0, query);
  const auto at = rest.substr(0, rest.find('/')).rfind('@');
  if (at != std::string_view::npos) parts.userinfo = rest.substr(0, at);
  parts.rest = at == std::string_view::npos ? rest : rest.substr(at + 1);
  return parts;
}

}  // namespace

bool is_url(std::string_view text) {
  const auto end = text.find(kSeparator);
  if (end == std::string_view::npos || end == 0) return false;
  const auto scheme = text.substr(0, end);
  return std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
           c == '.';
  });
}

std::string without_userinfo(std::string_view text) {
  if (!is_url(text)) return std::string(text);
  const auto parts = split(text);
  return std::string(parts.scheme) + std::string(parts.rest) + std::string(parts.query);
}

std::string without_userinfo_and_query(std::string_view text) {
  if (!is_url(text)) return std::string(text);
  const auto parts = split(text);
  return std::string(parts.scheme) + std::string(parts.rest);
}

bool holds_password(std::string_view url) {
  if (!is_url(url)) return false;
  const auto parts = split(url);
  const auto colon = parts.userinfo.find(':');
  if (colon != std::string_view::npos && colon + 1 < parts.userinfo.size()) return true;
  constexpr std::string_view kParameter = "password=";
  const auto found = parts.query.find(kParameter);
  if (found == std::string_view::npos) return false;
  const auto value = parts.query.substr(found + kParameter.size());
  return !value.empty() && value.front() != '&';
}

}  // namespace sentinel::config
