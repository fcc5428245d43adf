// The plugin `filter`: one transform behind Sentinel's C boundary.
#include "filter_transform/filter.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN("filter_transform", SENTINEL_VERSION,
                sentinel::transform<sentinel::filter_transform::Filter>(
                    "filter",
                    "Leaves records out by conditions on their fields; rows that landed before are kept, "
                    "marked or deleted."))
