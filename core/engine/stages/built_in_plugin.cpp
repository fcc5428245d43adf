// Describes the built-in stages that a pipeline file names by `use:`.
#include "engine/stages/built_in_plugin.hpp"

#include "engine/stages/kobo_to_decimal.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN_AS(sentinel_builtin_stages, "sentinel", SENTINEL_VERSION,
                   sentinel::transform<sentinel::stages::KoboToDecimal>(
                       "kobo_to_decimal", "Turns whole minor units into an exact decimal amount by moving the point."))
