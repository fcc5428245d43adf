// The plugin that offers `use: filter`.
#include "filter_transform/filter.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN(
    "filter_transform", SENTINEL_VERSION,
    sentinel::transform<sentinel::filter_transform::Filter>(
        "filter",
        "Filters records by conditions on their fields; rows that landed before are kept, marked or deleted."))
