// sentinel plugins: what is there, and which options it takes.
#include "app/command.hpp"
#include "app/option_table.hpp"
#include "app/reference_pages.hpp"
#include "app/report.hpp"
#include "engine/config/json_schema.hpp"
#include "engine/exit_code.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

using Json = nlohmann::ordered_json;

int list_plugins(Context& context, const Arguments& arguments) {
  std::vector<Status> refused;
  std::vector<std::string> items;
  for (const auto* info : context.registry.all(refused)) {
    for (std::uint64_t i = 0; i < info->plugin->component_count; ++i) {
      const auto& component = *info->plugin->components[i];
      const auto where = info->is_built_in() ? std::string("built in") : info->path.string();
      if (arguments.has("json"))
        items.push_back(Json{{"kind", plugins::kind_name(component.kind)},
                             {"use", component.use},
                             {"doc", component.doc},
                             {"plugin", info->name},
                             {"version", info->version},
                             {"path", info->is_built_in() ? Json() : Json(where)}}
                            .dump());
      else
        fmt::print("{:<10} {:<18} {:<8} {}  ({})\n", plugins::kind_name(component.kind), component.use, info->version,
                   component.doc, where);
    }
  }
  if (arguments.has("json")) fmt::print("{}", json_items(items));
  for (const auto& status : refused) complain(status);
  return engine::kExitBalanced;
}

void describe_component(const plugins::PluginInfo& info, const sentinel_component& component) {
  fmt::print("{} \"{}\" of plugin {} {}{}\n{}\n\n", plugins::kind_name(component.kind), component.use, info.name,
             info.version, info.is_built_in() ? " (built in)" : "", component.doc);
  if (component.options != nullptr) fmt::print("{}", option_table_text(*component.options, "  "));
  fmt::print("\n");
}

int describe_plugins(Context& context, const Arguments& arguments) {
  const auto components = find_components(context, arguments.words().front());
  if (!components) return complain(components.error());
  std::vector<std::string> items;
  for (const auto& [info, component] : *components) {
    if (arguments.has("markdown"))
      fmt::print("{}", component_section(*component));
    else if (arguments.has("json"))
      items.push_back(
          Json{{"kind", plugins::kind_name(component->kind)},
               {"use", component->use},
               {"doc", component->doc},
               {"plugin", info->name},
               {"version", info->version},
               {"options",
                component->options == nullptr ? Json::array() : Json::parse(option_table_json(*component->options))}}
              .dump());
    else
      describe_component(*info, *component);
  }
  if (arguments.has("json")) fmt::print("{}", json_items(items));
  return engine::kExitBalanced;
}

int print_schema(Context& context, const Arguments&) {
  std::vector<Status> refused;
  const auto schema = config::json_schema(context.registry, refused);
  for (const auto& status : refused) complain(status);
  fmt::print("{}", schema);
  return refused.empty() ? engine::kExitBalanced : engine::kExitConfig;
}

}  // namespace

Result<std::vector<FoundComponent>> find_components(Context& context, const std::string& word) {
  std::vector<FoundComponent> found;
  const auto add_all = [&](const plugins::PluginInfo& info, bool any) {
    for (std::uint64_t i = 0; i < info.plugin->component_count; ++i)
      if (any || word == info.plugin->components[i]->use) found.push_back({&info, info.plugin->components[i]});
  };
  if (word.ends_with(".so") || word.find('/') != std::string::npos) {
    SENTINEL_ASSIGN(const auto* loaded, context.registry.load(word));
    add_all(*loaded, true);
    return found;
  }
  std::vector<Status> refused;
  for (const auto* info : context.registry.all(refused)) add_all(*info, false);
  for (const auto& status : refused) complain(status);
  if (found.empty())
    return invalid_config(fmt::format(
        "no source, transform, sink or built-in stage is called \"{}\"; see \"sentinel plugins list\"", word));
  return found;
}

Command plugins_list_command() {
  return {"plugins list",
          "",
          "List sources, transforms, sinks and built-in stages, and where each comes from.",
          "sentinel plugins list",
          {},
          0,
          0,
          list_plugins};
}

Command plugins_describe_command() {
  return {"plugins describe",
          "USE|FILE.so",
          "Show the options of what a pipeline file names behind `use:`.",
          "sentinel plugins describe map",
          {{"markdown", "", "answer as a section of a Markdown page"}},
          1,
          1,
          describe_plugins};
}

Command plugins_schema_command() {
  return {"plugins schema",
          "",
          "Print the JSON Schema of the pipeline file, with the options of every plugin, for editors.",
          "sentinel plugins schema > sentinel.schema.json",
          {},
          0,
          0,
          print_schema};
}

}  // namespace sentinel::app
