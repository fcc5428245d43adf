// The REST API's description of a post type: where its posts are, its statuses, and the meta that it shows.
#pragma once

#include "wordpress_source/options.hpp"
#include "wordpress_source/rest_api.hpp"

#include <string>
#include <vector>

namespace sentinel::wordpress_source {

struct RestMeta {
  std::string key;
  bool is_number = false;    // of type number: it is converted through a double
  bool may_be_null = false;  // the site declares it nullable
  friend bool operator==(const RestMeta&, const RestMeta&) = default;
};

struct RestType {
  std::string name;   // "donation"
  std::string route;  // "/wp/v2/donations"
  bool has_posts = false;
  std::vector<std::string> statuses;  // all that may be requested: a list without them omits the trash
  std::vector<RestMeta> meta;         // sorted by key
};

// The types that the site shows, without statuses and meta. Errors: those of the api.
Result<std::vector<RestType>> list_types(RestApi& api);
// The same type with statuses and meta.
Result<RestType> describe_type(RestApi& api, RestType type);
// Errors: kInvalidConfig at option "content", with the alternatives.
Result<RestType> find_type(RestApi& api, const std::string& content);
// The meta to read: those named in the options, or all without a leading "_". Errors: kInvalidConfig at option "meta".
Result<std::vector<RestMeta>> choose_meta(const RestType& type, const Options& options);

}  // namespace sentinel::wordpress_source
