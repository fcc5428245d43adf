// Parses the address of an HTTP service, decides what may be sent without TLS, and appends queries.
#include "support/http/address.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::support::http {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

bool is_host(std::string_view host) {
  const bool is_literal = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (is_literal) host = host.substr(1, host.size() - 2);
  return !host.empty() && std::ranges::all_of(host, [&](char c) {
    return is_unreserved(c) || (is_literal && c == ':') || static_cast<unsigned char>(c) >= 0x80;
  });
}

bool is_port(std::string_view port) {
  return port.size() <= 5 && std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool Address::is_loopback() const {
  const bool is_ipv4 = host.find_first_not_of("0123456789.") == std::string::npos;
  return host == "localhost" || host == "[::1]" || (is_ipv4 && host.starts_with("127."));
}

std::string Address::text() const { return scheme + "://" + host + (port.empty() ? "" : ":" + port) + path; }

Result<Address> parse_address(std::string_view text) {
  const auto colon = text.find("://");
  Address address;
  address.scheme = colon == std::string_view::npos ? "" : lower(text.substr(0, colon));
  if (address.scheme != "https" && address.scheme != "http")
    return invalid_config("an address begins with https://, as in https://example.ng");
  text.remove_prefix(colon + 3);
  if (text.find('@') < text.find('/'))
    return invalid_config("an address holds no user and no password; give them in the options made for them");
  if (text.find_first_of("?#") != std::string_view::npos)
    return invalid_config("an address ends before its \"?\" or \"#\"; leave them out");
  const auto slash = std::min(text.find('/'), text.size());
  auto authority = text.substr(0, slash);
  address.path = text.substr(slash);
  while (address.path.ends_with('/')) address.path.pop_back();
  const auto last_colon = authority.rfind(':');
  if (last_colon != std::string_view::npos && !authority.ends_with(']')) {
    address.port = authority.substr(last_colon + 1);
    authority = authority.substr(0, last_colon);
  }
  address.host = lower(authority);
  if (!is_host(address.host) || !is_port(address.port))
    return invalid_config(fmt::format("\"{}\" is no host and port of an address", text.substr(0, slash)));
  if (address.scheme == "http" && !address.is_loopback())
    return invalid_config("http would send credentials in clear; write https");
  return address;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += is_unreserved(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

std::string query_text(const Query& query) {
  std::string out;
  for (const auto& [name, value] : query)
    out += (out.empty() ? "?" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
  return out;
}

}  // namespace sentinel::support::http
