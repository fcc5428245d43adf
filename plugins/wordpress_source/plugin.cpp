// The plugin that offers `use: wordpress` as a source.
#include "wordpress_source/wordpress_source.hpp"

SENTINEL_PLUGIN("wordpress_source", "0.1.0",
                sentinel::source<sentinel::wordpress_source::WordpressSource>(
                    "wordpress", "Reads posts of one type, with their meta, from the database of a WordPress site."))
