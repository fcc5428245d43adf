// sentinel plugins describe: prints the options of a component.
#include "app/command.hpp"
#include "app/components.hpp"
#include "app/json.hpp"
#include "app/option_table.hpp"
#include "app/reference_pages.hpp"
#include "engine/exit_code.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

void print_component(const plugins::PluginInfo& info, const sentinel_component& component) {
  fmt::print("{} \"{}\" of plugin {} {}{}\n{}\n\n", plugins::kind_name(component.kind), component.use, info.name,
             info.version, info.is_built_in() ? " (built in)" : "", component.doc);
  if (component.options != nullptr) fmt::print("{}", option_table_text(*component.options, "  "));
  fmt::print("\n");
}

Json component_json(const plugins::PluginInfo& info, const sentinel_component& component) {
  return {{"kind", plugins::kind_name(component.kind)},
          {"use", component.use},
          {"doc", component.doc},
          {"plugin", info.name},
          {"version", info.version},
          {"options", component.options == nullptr ? Json::array() : option_table_json(*component.options)}};
}

int describe_plugins(Context& context, const Arguments& arguments) {
  const auto components = find_components(context, arguments.positionals().front());
  if (!components) return complain(components.error());
  auto items = Json::array();
  for (const auto& [info, component] : *components) {
    if (arguments.has("markdown"))
      fmt::print("{}", component_section(*component));
    else if (arguments.has("json"))
      items.push_back(component_json(*info, *component));
    else
      print_component(*info, *component);
  }
  if (arguments.has("json")) print_json_items(std::move(items));
  return engine::kExitBalanced;
}

}  // namespace

Command plugins_describe_command() {
  return {.name = "plugins describe",
          .summary = "Show the options of a source, transform, sink, built-in stage or setting.",
          .example = "sentinel plugins describe map",
          .positionals = {{"USE|FILE.so"}},
          .options = OptionSet().flag("markdown", "answer as a section of a Markdown page"),
          .run = describe_plugins};
}

}  // namespace sentinel::app
