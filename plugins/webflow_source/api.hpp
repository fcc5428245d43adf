// The Data API v2 as used by this source: rate-limited, and every answer is either JSON of the expected shape or a
// fault.
#pragma once

#include "support/http/client.hpp"
#include "support/http/rate.hpp"
#include "support/json/json_object.hpp"

#include <sentinel/host.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::webflow_source {

using Object = support::JsonObject;

struct Reply {
  std::string body;                       // owns what the other members borrow
  std::optional<std::int64_t> server_ms;  // the server's clock, Unix, UTC
};

class Api {
 public:
  Api(support::http::Address address, const std::string& token, std::int64_t requests_per_minute, Host& host);

  // Waits for the rate limit, sends the request, and returns a body that is a JSON object with the member `expected`.
  // Errors: those of http::check_status(); kRefused with the cure for a token that is not accepted; kUnavailable for
  // any other body, and kRefused after three of them in a row: a proxy or a login page is in front of the service.
  Result<Reply> get(const std::string& path, std::string_view expected, const support::http::Query& query = {});
  void cancel() { client_.cancel(); }

 private:
  Status strange(const support::http::Answer& answer, std::string_view expected);

  Host& host_;
  support::http::Client client_;
  support::http::RateLimit limit_;
  int strange_in_a_row_ = 0;
};

// The objects of the array `name`. Errors: kUnavailable if it is not an array of objects.
Result<std::vector<Object>> objects_of(const Object& answer, std::string_view name);

}  // namespace sentinel::webflow_source
