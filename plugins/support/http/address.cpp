// Parses the address of an HTTP service with libcurl, decides what may be sent without TLS, and appends queries.
#include "support/http/address.hpp"

#include <sentinel/text.hpp>

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>

namespace sentinel::support::http {
namespace {

template <auto kFree>
struct Free {
  void operator()(auto* owned) const { kFree(owned); }
};
using Url = std::unique_ptr<CURLU, Free<curl_url_cleanup>>;
using CurlText = std::unique_ptr<char, Free<curl_free>>;

// Empty where the address does not have this part.
std::string part(const Url& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
  return CurlText(text).get();
}

// libcurl by itself reads "https:///host" as "https://host", ends at a NUL and drops a zone.
CURLUcode parse(const Url& url, std::string_view text, std::string_view after_scheme) {
  if (after_scheme.starts_with('/')) return CURLUE_NO_HOST;
  if (text.find('\0') != std::string_view::npos) return CURLUE_MALFORMED_INPUT;
  const auto code = curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_DISALLOW_USER);
  return code == CURLUE_OK && !part(url, CURLUPART_ZONEID).empty() ? CURLUE_BAD_HOSTNAME : code;
}

}  // namespace

bool Address::is_loopback() const {
  const bool is_ipv4 = host.find_first_not_of("0123456789.") == std::string::npos;
  return host == "localhost" || host == "[::1]" || (is_ipv4 && host.starts_with("127."));
}

std::string Address::text() const {
  return fmt::format("{}://{}{}{}{}", scheme, host, port.empty() ? "" : ":", port, path);
}

Result<Address> parse_address(std::string_view text) {
  const auto colon = text.find("://");
  Address address;
  address.scheme = colon == std::string_view::npos ? "" : lower_cased(text.substr(0, colon));
  if (address.scheme != "https" && address.scheme != "http")
    return invalid_config("an address begins with https://, as in https://example.ng");
  const auto rest = text.substr(colon + 3);
  if (rest.find('@') < rest.find('/'))
    return invalid_config("an address must not hold a user or password; use the options for them");
  if (rest.find_first_of("?#") != std::string_view::npos)
    return invalid_config("an address must not hold a query (\"?\") or fragment (\"#\"); remove it");
  const Url url(curl_url());
  if (const auto code = parse(url, text, rest); code != CURLUE_OK)
    return invalid_config(
        fmt::format("\"{}\" is not a valid address ({})", rest.substr(0, rest.find('/')), curl_url_strerror(code)));
  address.host = lower_cased(part(url, CURLUPART_HOST));
  address.port = part(url, CURLUPART_PORT);
  address.path = part(url, CURLUPART_PATH);
  while (address.path.ends_with('/')) address.path.pop_back();
  if (address.scheme == "http" && !address.is_loopback())
    return invalid_config("http would send credentials unencrypted; use https");
  return address;
}

std::string percent_encoded(std::string_view text) {
  if (text.empty()) return {};  // of length 0 libcurl would take strlen()
  return CurlText(curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()))).get();
}

std::string query_text(const Query& query) {
  std::string out;
  for (const auto& [name, value] : query)
    out += fmt::format("{}{}={}", out.empty() ? '?' : '&', percent_encoded(name), percent_encoded(value));
  return out;
}

}  // namespace sentinel::support::http
