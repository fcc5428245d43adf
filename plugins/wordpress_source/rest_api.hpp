// The REST API of a site as this source asks it: its place found, its user proven, and every answer either JSON of the
// expected kind or a fault.
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

  // Asks a route such as "/wp/v2/posts" as the user; the first call finds the API and proves the user. Answers a body
  // that is JSON of the kind (kObject or kArray). Errors: those of http::judge(); kInvalidConfig at option "base_url"
  // where no WordPress answers; kRefused with the cure where the user is not accepted; kUnavailable for a body that is
  // something else, and kRefused when that has happened three times in a row.
  Result<RestReply> get(const std::string& route, support::JsonKind kind, const support::http::Query& query = {});
  // The site's own account of itself, asked anew: an object with "timezone_string" and "gmt_offset". Errors: as get().
  Result<RestReply> site();
  // An answer that a site in order would not give: kUnavailable, since it may pass, and kRefused the third time in a
  // row. A list that is as it should be ends the row.
  Status strange(std::string words);
  void has_listed() { strange_in_a_row_ = 0; }
  void cancel() { client_.cancel(); }

 private:
  // With pretty permalinks the API is at /wp-json/; at /?rest_route=/ it always is.
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
