// The plugin that offers `use: validate`.
#include "validate_transform/validate.hpp"

#include <sentinel/plugin.hpp>

SENTINEL_PLUGIN("validate_transform", SENTINEL_VERSION,
                sentinel::transform<sentinel::validate_transform::Validate>(
                    "validate",
                    "Rejects records that break a rule: required, e-mail, range, length, pattern, one of a list."))
