// The pipeline file as a JSON Schema: what an editor needs to complete and validate it while it is written.
#pragma once

#include "engine/config/component_catalogue.hpp"
#include "engine/config/top_level_keys.hpp"

#include <span>
#include <string>
#include <vector>

namespace sentinel::config {

// Draft 7, from the table of top-level keys and the option tables of every component that the catalogue can load. What
// cannot be loaded is left out and goes into `refused`. The schema checks only the form, so load_pipeline_file may
// still refuse a file that the schema accepts. The schema also expects the plain notation: it marks a number in quotes,
// which load_pipeline_file accepts.
std::string json_schema(ComponentCatalogue& catalogue, std::vector<Status>& refused,
                        std::span<const TopLevelKey> keys = top_level_keys());

}  // namespace sentinel::config
