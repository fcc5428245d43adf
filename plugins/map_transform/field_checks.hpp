// Finds contradictions in descriptions, before any input is known.
#pragma once

#include "map_transform/options.hpp"

#include <sentinel/status.hpp>

#include <string>

namespace sentinel::map_transform {

// Errors: kInvalidConfig at an option of the field that `path` names: "fields.x" gives "fields.x.scale".
Status check_field(const FieldOptions& field, const std::string& path);

}  // namespace sentinel::map_transform
