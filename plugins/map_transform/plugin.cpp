// The plugin that offers `use: map`.
#include "map_transform/map.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN("map_transform", SENTINEL_VERSION,
                sentinel::transform<sentinel::map_transform::Map>(
                    "map",
                    "Selects, renames, cleans and casts fields; text amounts become whole kobo by declared rules."))
