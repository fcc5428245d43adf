// A post as the REST API shows it, into the values that the database would have printed.
#pragma once

#include "wordpress_source/posts.hpp"
#include "wordpress_source/rest_type.hpp"

#include <string>
#include <vector>

namespace sentinel::wordpress_source {

// Which members of a post are asked for: "id,status,…".
std::string rest_fields(const Options& options);

// A post whose meta cannot be trusted carries the reason in `fault`. `schema` as Posts makes it for these meta keys.
// Errors: kSchemaChanged where the site no longer shows one of them.
Result<Post> read_rest_post(const support::JsonObject& item, const Schema& schema, const std::vector<RestMeta>& meta);

}  // namespace sentinel::wordpress_source
