// Generates the pages of docs/reference from the tables that the program itself uses.
#pragma once

#include "app/command.hpp"

#include <sentinel/abi.h>

#include <string>
#include <vector>

namespace sentinel::app {

// One source, transform, sink or built-in stage: what it does, and its options.
std::string component_section(const sentinel_component& component);
// Everything that a pipeline file names by one `use:`, over all kinds.
std::string component_page(const std::string& use, const std::vector<const sentinel_component*>& components);
// The list of the pages above.
std::string component_index(const std::vector<const sentinel_component*>& components);

std::string pipeline_file_page();
std::string commands_page(const std::vector<Command>& commands);
std::string faults_page();

}  // namespace sentinel::app
