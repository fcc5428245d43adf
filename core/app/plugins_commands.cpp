// sentinel plugins: what is there, and which options it takes.
#include "app/command.hpp"
#include "app/report.hpp"
#include "engine/pipeline/exit_code.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>

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
  return pipeline::kExitBalanced;
}

const char* type_name(std::int32_t type) {
  switch (type) {
    case SENTINEL_TYPE_STRING: return "text";
    case SENTINEL_TYPE_INTEGER: return "integer";
    case SENTINEL_TYPE_NUMBER: return "number";
    case SENTINEL_TYPE_BOOLEAN: return "boolean";
    case SENTINEL_TYPE_DURATION: return "duration";
    case SENTINEL_TYPE_SIZE: return "size";
    case SENTINEL_TYPE_ENUM: return "one of";
    case SENTINEL_TYPE_LIST: return "list of";
    case SENTINEL_TYPE_MAP: return "map of";
    default: return "object";
  }
}

std::string type_text(const sentinel_option& option) {
  std::string text = type_name(option.type);
  if (option.type == SENTINEL_TYPE_LIST || option.type == SENTINEL_TYPE_MAP)
    text += std::string(" ") + type_name(option.element_type);
  for (std::size_t i = 0; option.choices != nullptr && option.choices[i] != nullptr; ++i)
    text += std::string(i == 0 ? " " : " | ") + option.choices[i];
  return text;
}

std::string flags_text(const sentinel_option& option) {
  std::string text;
  const auto add = [&](std::uint32_t flag, const char* word) {
    if ((option.flags & flag) != 0) text += (text.empty() ? "" : ", ") + std::string(word);
  };
  add(SENTINEL_OPTION_REQUIRED, "required");
  add(SENTINEL_OPTION_SECRET, "secret");
  add(SENTINEL_OPTION_ADVANCED, "advanced");
  add(SENTINEL_OPTION_DEPRECATED, "deprecated");
  add(SENTINEL_OPTION_IDENTITY, "identity");
  add(SENTINEL_OPTION_SHORTHAND, "shorthand");
  if (option.default_text != nullptr)
    text += (text.empty() ? "" : ", ") + fmt::format("default {}", option.default_text);
  return text;
}

void print_table(const sentinel_option_table& table, const std::string& indent) {
  for (std::uint32_t i = 0; i < table.count; ++i) {
    const auto& option = *table.options[i];
    const auto flags = flags_text(option);
    fmt::print("{}{}: {}{}\n{}    {}\n", indent, option.name, type_text(option),
               flags.empty() ? "" : " (" + flags + ")", indent, option.doc);
    if (option.table != nullptr) print_table(*option.table, indent + "    ");
  }
}

Json table_json(const sentinel_option_table& table) {
  auto list = Json::array();
  for (std::uint32_t i = 0; i < table.count; ++i) {
    const auto& option = *table.options[i];
    Json entry = {{"name", option.name},
                  {"type", type_text(option)},
                  {"doc", option.doc},
                  {"required", (option.flags & SENTINEL_OPTION_REQUIRED) != 0},
                  {"secret", (option.flags & SENTINEL_OPTION_SECRET) != 0},
                  {"identity", (option.flags & SENTINEL_OPTION_IDENTITY) != 0},
                  {"default", option.default_text == nullptr ? Json() : Json(option.default_text)}};
    if (option.minimum != std::numeric_limits<std::int64_t>::min()) entry["minimum"] = option.minimum;
    if (option.maximum != std::numeric_limits<std::int64_t>::max()) entry["maximum"] = option.maximum;
    if (option.table != nullptr) entry["options"] = table_json(*option.table);
    list.push_back(std::move(entry));
  }
  return list;
}

void describe_component(const plugins::PluginInfo& info, const sentinel_component& component) {
  fmt::print("{} \"{}\" of plugin {} {}{}\n{}\n\n", plugins::kind_name(component.kind), component.use, info.name,
             info.version, info.is_built_in() ? " (built in)" : "", component.doc);
  if (component.options != nullptr) print_table(*component.options, "  ");
  fmt::print("\n");
}

int describe_plugins(Context& context, const Arguments& arguments) {
  const auto components = find_components(context, arguments.words().front());
  if (!components) return complain(components.error());
  std::vector<std::string> items;
  for (const auto& [info, component] : *components) {
    if (arguments.has("json"))
      items.push_back(Json{{"kind", plugins::kind_name(component->kind)},
                           {"use", component->use},
                           {"doc", component->doc},
                           {"plugin", info->name},
                           {"version", info->version},
                           {"options", component->options == nullptr ? Json::array() : table_json(*component->options)}}
                          .dump());
    else
      describe_component(*info, *component);
  }
  if (arguments.has("json")) fmt::print("{}", json_items(items));
  return pipeline::kExitBalanced;
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
    return invalid_config(
        fmt::format("no source, transform, sink or policy is called \"{}\"; see \"sentinel plugins list\"", word));
  return found;
}

Command plugins_list_command() {
  return {"plugins list",
          "",
          "List sources, transforms, sinks and policies, and where each comes from.",
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
          {},
          1,
          1,
          describe_plugins};
}

}  // namespace sentinel::app
