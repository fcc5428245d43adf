// Finds components by name over all plugins, or in one library.
#include "app/components.hpp"

#include <fmt/format.h>

namespace sentinel::app {

Result<std::vector<FoundComponent>> find_components(Context& context, const std::string& use_or_path) {
  std::vector<FoundComponent> found;
  const auto add_all = [&](const plugins::PluginInfo& info, bool any) {
    for (std::uint64_t i = 0; i < info.plugin->component_count; ++i)
      if (any || use_or_path == info.plugin->components[i]->use) found.push_back({&info, info.plugin->components[i]});
  };
  if (use_or_path.ends_with(".so") || use_or_path.find('/') != std::string::npos) {
    SENTINEL_ASSIGN(const auto* loaded, context.registry.load(use_or_path));
    add_all(*loaded, true);
    return found;
  }
  std::vector<Status> refused;
  for (const auto* info : context.registry.all(refused)) add_all(*info, false);
  for (const auto& status : refused) complain(status);
  if (found.empty())
    return invalid_config(fmt::format(
        "no source, transform, sink or built-in stage is called \"{}\"; see \"sentinel plugins list\"", use_or_path));
  return found;
}

}  // namespace sentinel::app
