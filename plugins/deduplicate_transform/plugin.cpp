// The plugin that offers `use: deduplicate`.
#include "deduplicate_transform/deduplicate.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN("deduplicate_transform", SENTINEL_VERSION,
                sentinel::transform<sentinel::deduplicate_transform::Deduplicate>(
                    "deduplicate",
                    "Filters out all but one of the records of a batch that have equal values in the chosen fields."))
