// Finds the components of plugins that a command line names.
#pragma once

#include "app/command.hpp"

#include <string>
#include <vector>

namespace sentinel::app {

struct FoundComponent {
  const plugins::PluginInfo* info = nullptr;
  const sentinel_component* component = nullptr;
};
// By `use:` name over all kinds, or all of a library by its path; never empty. Errors: kInvalidConfig.
Result<std::vector<FoundComponent>> find_components(Context& context, const std::string& use_or_path);

}  // namespace sentinel::app
