// The pipeline file as a JSON Schema: what an editor needs to complete and validate it while it is written.
#pragma once

#include "engine/config/component_catalogue.hpp"
#include "engine/config/top_level_keys.hpp"

#include <span>
#include <string>
#include <vector>

namespace sentinel::config {

// Draft 7, from the table of top-level keys and the option tables of every component that the catalogue can load. What
// cannot be loaded is left out and goes into `refused`. The schema checks form alone, so a file that it accepts may
// still be refused by load_pipeline_file; and it wants the plain way of writing: a number in quotes is marked, though
// load_pipeline_file takes it.
std::string json_schema(ComponentCatalogue& catalogue, std::vector<Status>& refused,
                        std::span<const TopLevelKey> keys = top_level_keys());

}  // namespace sentinel::config
