// The pipeline file as a JSON Schema: what an editor needs to complete and judge it while it is written.
#pragma once

#include "engine/config/component_catalogue.hpp"

#include <string>
#include <vector>

namespace sentinel::config {

// Draft 7, from the option tables of every component that the catalogue can load, and of the policies. What cannot be
// loaded is left out and goes into `refused`. The schema judges form alone, so a file that it accepts may still be
// refused by load_pipeline_file; and it wants the plain way of writing: a number in quotes is marked, though it would
// be taken.
std::string json_schema(ComponentCatalogue& catalogue, std::vector<Status>& refused);

}  // namespace sentinel::config
