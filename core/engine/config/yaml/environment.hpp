// Variables that a pipeline file may refer to: of the process, and of a .env file.
#pragma once

#include "engine/config/yaml/problems.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sentinel::config {

// Looks a variable up; tests inject their own.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// Reads a .env file: KEY=VALUE lines; blank lines, # comments, `export ` in front, and quotes are understood. Values
// are taken as they are: nothing is expanded. A missing file holds no variables. A file that every user can read is a
// warning. Values never appear in a problem.
std::map<std::string, std::string> read_dot_env(const std::string& path, Problems& problems);

bool is_variable_name(std::string_view name);

}  // namespace sentinel::config
