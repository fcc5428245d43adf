// Converts a post as the REST API shows it into the values that the database would have returned.
#pragma once

#include "wordpress_source/posts.hpp"
#include "wordpress_source/rest_type.hpp"

#include <string>
#include <vector>

namespace sentinel::wordpress_source {

// The members of a post to request: "id,status,…".
std::string rest_fields(const Options& options);

// A post whose meta cannot be trusted has the reason in `fault`. `schema` as Posts builds it for these meta keys.
// Errors: kSchemaChanged where the site no longer shows one of them.
Result<Post> read_rest_post(const support::JsonObject& item, const Schema& schema, const std::vector<RestMeta>& meta);

}  // namespace sentinel::wordpress_source
