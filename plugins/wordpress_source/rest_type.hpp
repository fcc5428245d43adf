// What the REST API says of a post type: where its posts are, which statuses there are, which meta it shows.
#pragma once

#include "wordpress_source/options.hpp"
#include "wordpress_source/rest_api.hpp"

#include <string>
#include <vector>

namespace sentinel::wordpress_source {

struct RestMeta {
  std::string key;
  bool is_number = false;    // of type number: it goes through a double
  bool may_be_null = false;  // the site says that null is a value of it
  friend bool operator==(const RestMeta&, const RestMeta&) = default;
};

struct RestType {
  std::string name;   // "donation"
  std::string route;  // "/wp/v2/donations"
  bool has_posts = false;
  std::vector<std::string> statuses;  // all that may be asked for: a list without them leaves out the trash
  std::vector<RestMeta> meta;         // sorted by key
};

// The types that the site shows, without statuses and meta. Errors: those of the api.
Result<std::vector<RestType>> list_types(RestApi& api);
// The same type with statuses and meta.
Result<RestType> describe_type(RestApi& api, RestType type);
// Errors: kInvalidConfig at option "content", with what there is.
Result<RestType> find_type(RestApi& api, const std::string& content);
// The meta to read: what the options name, or all without a leading "_". Errors: kInvalidConfig at option "meta".
Result<std::vector<RestMeta>> choose_meta(const RestType& type, const Options& options);

}  // namespace sentinel::wordpress_source
