// sentinel plugins list: lists the components of all plugins that are found.
#include "app/command.hpp"
#include "app/json.hpp"
#include "engine/exit_code.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

int list_plugins(Context& context, const Arguments& arguments) {
  std::vector<Status> refused;
  auto items = Json::array();
  for (const auto* info : context.registry.all(refused)) {
    for (std::uint64_t i = 0; i < info->plugin->component_count; ++i) {
      const auto& component = *info->plugin->components[i];
      const auto where = info->is_built_in() ? std::string("built in") : info->path.string();
      if (arguments.has("json"))
        items.push_back({{"kind", plugins::kind_name(component.kind)},
                         {"use", component.use},
                         {"doc", component.doc},
                         {"plugin", info->name},
                         {"version", info->version},
                         {"path", info->is_built_in() ? Json() : Json(where)}});
      else
        fmt::print("{:<14} {:<18} {:<8} {}  ({})\n", plugins::kind_name(component.kind), component.use, info->version,
                   component.doc, where);
    }
  }
  if (arguments.has("json")) print_json_items(std::move(items));
  for (const auto& status : refused) complain(status);
  return engine::kExitBalanced;
}

}  // namespace

Command plugins_list_command() {
  return {.name = "plugins list",
          .summary = "List sources, transforms, sinks and built-in stages, and where each comes from.",
          .example = "sentinel plugins list",
          .run = list_plugins};
}

}  // namespace sentinel::app
