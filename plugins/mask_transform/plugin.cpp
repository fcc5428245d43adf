// The plugin that offers `use: mask`.
#include "mask_transform/mask.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN("mask_transform", SENTINEL_VERSION,
                sentinel::transform<sentinel::mask_transform::Mask>(
                    "mask",
                    "Hides personal data from the target: stable pseudonyms, partial values, a fixed text or null."))
