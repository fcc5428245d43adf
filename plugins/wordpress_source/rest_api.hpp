// The REST API of a site as used by this source: its root is found, its user is authenticated, and every answer is
// either JSON of the expected kind or a fault.
#pragma once

#include "support/http/client.hpp"
#include "support/json/json_object.hpp"

#include <sentinel/host.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace sentinel::wordpress_source {

struct RestReply {
  std::string body;                       // owns what is parsed from it
  std::optional<std::int64_t> total;      // X-WP-Total
  std::optional<std::int64_t> server_ms;  // the server's clock, Unix, UTC
};

class RestApi {
 public:
  RestApi(support::http::Address base, std::string user, const std::string& application_password, Host& host);

  // Requests a route such as "/wp/v2/posts" as the user; the first call finds the API and authenticates the user.
  // Returns a body that is JSON of the kind (kObject or kArray). Errors: those of http::check_status(); kInvalidConfig
  // at option "base_url" where no WordPress answers; kRefused with the cure where the user is not accepted;
  // kUnavailable for any other body, and kRefused after three of them in a row.
  Result<RestReply> get(const std::string& route, support::JsonKind kind, const support::http::Query& query = {});
  // The site's description of itself, requested again: an object with "timezone_string" and "gmt_offset". Errors: as
  // get().
  Result<RestReply> site();
  // An answer that a working site would not give: kUnavailable, since it may be temporary, and kRefused the third time
  // in a row. A valid list resets the count.
  Status strange(std::string words);
  void has_listed() { strange_in_a_row_ = 0; }
  void cancel() { client_.cancel(); }

 private:
  // With pretty permalinks the API is at /wp-json/; it is always at /?rest_route=/.
  enum class Place { kUnknown, kPath, kQuery };
  Status find_place();
  Status prove_user();
  Result<support::http::Answer> ask(Place place, const std::string& route, const support::http::Query& query);
  Result<RestReply> get_proven(const std::string& route, support::JsonKind kind, const support::http::Query& query);
  Status not_accepted(const Status& fault) const;

  Host& host_;
  const std::string user_;
  support::http::Client client_;
  Place place_ = Place::kUnknown;
  bool is_user_proven_ = false;
  int strange_in_a_row_ = 0;
};

}  // namespace sentinel::wordpress_source
