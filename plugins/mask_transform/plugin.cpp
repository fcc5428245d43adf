// The plugin `mask`: one transform behind Sentinel's C boundary.
#include "mask_transform/mask.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN("mask_transform", SENTINEL_VERSION,
                sentinel::transform<sentinel::mask_transform::Mask>(
                    "mask", "Hides personal data from the target: stable pseudonyms, parts, a fixed text or nothing."))
