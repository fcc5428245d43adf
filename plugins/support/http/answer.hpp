// The answer of an HTTP service, and who is at fault for an error.
#pragma once

#include <sentinel/status.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sentinel::support::http {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in small letters; of a repeated one the last
  std::string body;
  std::string what;  // "GET https://example.ng/wp-json/wp/v2/posts", without its query: safe to show

  std::string_view header(const std::string& small_letters) const;
  // The integer value of a header, such as X-WP-Total.
  std::optional<std::int64_t> number(const std::string& small_letters) const;
  // The server's clock, from Date; nothing where it is missing or no HTTP date (RFC 9110, 5.6.7).
  std::optional<std::int64_t> date_unix_ms() const;
  // True where the body may be JSON by its first character: proxies and maintenance pages answer 200 with HTML.
  bool looks_like_json() const;
};

// Ok for 2xx. Else by who is at fault:
// - kThrottled: 429, and 503 with Retry-After; with the time to wait (Retry-After in seconds, or as a date measured
//   against the answer's own Date; else X-RateLimit-Reset; RFC 9110 10.2.3, RFC 6585), an hour at most
// - kUnavailable: 408, 425, 500, 502, 503, 504 and other 5xx that may pass
// - kRefused: 401, 403, and redirects, which are followed inside one origin only
// - kInvalidConfig: every other 4xx, and 501, 505, 511: the same request will never succeed
// The message names request, status and the body's explanation (JSON "message" or "code"), shortened.
Status check_status(const Answer& answer);

// The time that the service asks to wait before the next request.
std::optional<std::chrono::milliseconds> asked_wait(const Answer& answer);

}  // namespace sentinel::support::http
