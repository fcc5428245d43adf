// Reads a .env file: the variables of the pipelines beside it.
#pragma once

#include "engine/config/problems.hpp"

#include <map>
#include <string>

namespace sentinel::config {

// KEY=VALUE lines; blank lines, # comments, `export ` in front, and quotes are understood. Values are taken as they
// are: nothing is expanded. A missing file holds no variables. One that every user can read is a warning. Values never
// appear in a problem.
std::map<std::string, std::string> read_dot_env(const std::string& path, Problems& problems);

bool is_variable_name(std::string_view name);

}  // namespace sentinel::config
