// The plugin that offers `use: wordpress`.
#include "wordpress_source/wordpress.hpp"

SENTINEL_PLUGIN("wordpress_source", SENTINEL_VERSION,
                sentinel::source<sentinel::wordpress_source::Wordpress>(
                    "wordpress",
                    "Reads posts of one type, with their meta, from a WordPress site's database or over its REST API."))
