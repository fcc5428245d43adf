// The plugin `deduplicate`: one transform behind Sentinel's C boundary.
#include "deduplicate_transform/deduplicate.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN("deduplicate_transform", SENTINEL_VERSION,
                sentinel::transform<sentinel::deduplicate_transform::Deduplicate>(
                    "deduplicate",
                    "Leaves out all but one of the records of a batch that have the same values in some fields."))
