// The address of an HTTP service: whether it may be used without TLS, and how a query is appended to it.
#pragma once

#include <sentinel/status.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sentinel::support::http {

struct Address {
  std::string scheme, host;  // small letters
  std::string port;          // empty: the scheme's own
  std::string path;          // "/blog", without a slash at the end

  bool is_loopback() const;
  // "https://example.ng/blog": safe to show.
  std::string text() const;
};

// "https://example.ng/blog/". Errors: kInvalidConfig for anything but http and https, for a name or password in the
// address (they would end up in logs), for a query or fragment, and for http to a machine other than this one, where
// credentials would be sent unencrypted.
Result<Address> parse_address(std::string_view text);

using Query = std::vector<std::pair<std::string, std::string>>;

// "?offset=100&lastUpdated%5Bgte%5D=…": every byte but RFC 3986's unreserved ones is percent-encoded; empty without
// parts.
std::string query_text(const Query& query);
std::string percent_encoded(std::string_view text);

}  // namespace sentinel::support::http
