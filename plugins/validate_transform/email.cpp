// Checks an e-mail address part by part.
#include "validate_transform/email.hpp"

#include <algorithm>

namespace sentinel::validate_transform {
namespace {

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view local_fault(std::string_view local) {
  constexpr std::string_view kOthers = "!#$%&'*+-/=?^_`{|}~.";
  if (local.empty()) return "has nothing before the @";
  if (local.size() > 64) return "has more than 64 characters before the @";
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos)
    return "has a misplaced dot before the @";
  for (const char c : local)
    if (!is_letter(c) && !is_digit(c) && kOthers.find(c) == std::string_view::npos)
      return "has an invalid character before the @";
  return {};
}

std::string_view label_fault(std::string_view label) {
  if (label.empty()) return "has a misplaced dot in its domain";
  if (label.size() > 63) return "has a part of more than 63 characters in its domain";
  if (label.front() == '-' || label.back() == '-') return "has a misplaced hyphen in its domain";
  const bool known =
      std::all_of(label.begin(), label.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
  return known ? std::string_view() : "has an invalid character in its domain";
}

std::string_view domain_fault(std::string_view domain) {
  if (domain.empty()) return "has nothing after the @";
  if (domain.find('.') == std::string_view::npos) return "has no dot in its domain";
  for (auto rest = domain;;) {
    const auto dot = rest.find('.');
    if (const auto fault = label_fault(rest.substr(0, dot)); !fault.empty()) return fault;
    if (dot == std::string_view::npos) {
      return std::any_of(rest.begin(), rest.end(), is_letter) ? std::string_view()
                                                              : "has a domain that ends in a number";
    }
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string_view email_fault(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.size() > 254) return "has more than 254 characters";
  if (text.find_first_of(" \t\r\n") != std::string_view::npos) return "contains a space";
  const auto at = text.find('@');
  if (at == std::string_view::npos) return "has no @";
  if (text.find('@', at + 1) != std::string_view::npos) return "has more than one @";
  if (const auto fault = local_fault(text.substr(0, at)); !fault.empty()) return fault;
  return domain_fault(text.substr(at + 1));
}

}  // namespace sentinel::validate_transform
