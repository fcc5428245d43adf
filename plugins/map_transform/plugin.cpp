// The plugin `map`: one transform behind Sentinel's C boundary.
#include "map_transform/map.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN("map_transform", SENTINEL_VERSION,
                sentinel::transform<sentinel::map_transform::Map>(
                    "map",
                    "Chooses, renames, cleans and casts fields; text amounts become whole kobo by declared rules."))
