// Chooses between the database and the REST API by the options that are given, and delegates every call.
#include "wordpress_source/wordpress.hpp"

#include "wordpress_source/rest_source.hpp"

#include <utility>

namespace sentinel::wordpress_source {

Result<std::unique_ptr<Wordpress>> Wordpress::open(Options options, Host& host) {
  const bool has_database = !options.connection.empty(), has_api = !options.base_url.empty();
  if (has_database && has_api)
    return invalid_config(
               "a site is read from its database (connection) or over its REST API (base_url), not both; remove one")
        .at_option("base_url");
  if (!has_database && !has_api)
    return invalid_config(
        "say where the site is: connection, the address of its database, or base_url, its own "
        "address, for the REST API");
  if (has_api) {
    SENTINEL_TRY(WordpressSource::check_options(options));
    SENTINEL_ASSIGN(auto source, RestSource::open(std::move(options), host));
    return std::make_unique<Wordpress>(std::move(source));
  }
  if (!options.user.empty() || !options.application_password.empty())
    return invalid_config(
               "user and application_password belong to a site's REST API; give its base_url, or remove them")
        .at_option(options.user.empty() ? "application_password" : "user");
  SENTINEL_ASSIGN(auto source, WordpressSource::open(std::move(options), host));
  return std::make_unique<Wordpress>(std::move(source));
}

}  // namespace sentinel::wordpress_source
