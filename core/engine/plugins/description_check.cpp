// Checks what a plugin says about itself, from the outside in: size, version, components, their calls, their options.
#include "engine/plugins/description_check.hpp"

#include "engine/plugins/registry.hpp"

#include <sentinel/boundary.hpp>
#include <sentinel/text.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace sentinel::plugins {
namespace {

constexpr int kDeepestTable = 8;
constexpr std::uint64_t kMostComponents = 1000;

bool is_empty(const char* text) { return text == nullptr || *text == '\0'; }

Status too_short(const char* what, std::uint32_t size, std::size_t needed) {
  return invalid_config("has a truncated description: its " + std::string(what) + " has " + std::to_string(size) +
                        " of " + std::to_string(needed) + " bytes; build it again with this Sentinel's SDK");
}

Status check_version(std::uint32_t version) {
  const auto built_for =
      "it was built for version " + std::to_string(version) + " of the plugin interface, and this Sentinel takes ";
  if (version < SENTINEL_ABI_OLDEST)
    return invalid_config("is too old: " + built_for + std::to_string(SENTINEL_ABI_OLDEST) + " to " +
                          std::to_string(SENTINEL_ABI_VERSION) + "; build it again with this Sentinel's SDK");
  if (version > SENTINEL_ABI_VERSION)
    return invalid_config("is too new: " + built_for + std::to_string(SENTINEL_ABI_OLDEST) + " to " +
                          std::to_string(SENTINEL_ABI_VERSION) + "; install a newer Sentinel");
  return {};
}

Status check_table(const sentinel_option_table& table, const std::string& path, int depth);

// What the type of an option, or of its elements, needs beside it.
Status check_type(const sentinel_option& option, std::int32_t type, const std::string& name, int depth) {
  if (type == SENTINEL_TYPE_ENUM && (option.choices == nullptr || is_empty(option.choices[0])))
    return invalid_config("option " + name + " is an enum without choices");
  if (type == SENTINEL_TYPE_OBJECT) {
    if (option.table == nullptr) return invalid_config("option " + name + " is an object without a table");
    return check_table(*option.table, name + ".", depth + 1);
  }
  return {};
}

Status check_option(const sentinel_option* option, const std::string& path, int depth) {
  if (option == nullptr) return invalid_config("one of its options is null");
  if (!SENTINEL_OFFERS(option, maximum)) return too_short("option", option->struct_size, sizeof(sentinel_option));
  if (is_empty(option->name)) return invalid_config("one of its options has no name");
  const auto name = "\"" + path + as_utf8(option->name) + "\"";
  if (depth == 1 && std::string_view(option->name) == "use")
    return invalid_config("option " + name + " has a reserved name");
  if (is_empty(option->doc)) return invalid_config("option " + name + " has no documentation");
  if (option->minimum > option->maximum) return invalid_config("option " + name + " has a minimum above its maximum");
  if (option->type < SENTINEL_TYPE_STRING || option->type > SENTINEL_TYPE_OBJECT)
    return invalid_config("option " + name + " has the unknown type " + std::to_string(option->type));
  if (option->type != SENTINEL_TYPE_LIST && option->type != SENTINEL_TYPE_MAP)
    return check_type(*option, option->type, name, depth);
  const auto element = option->element_type;
  if (element < SENTINEL_TYPE_STRING || element > SENTINEL_TYPE_OBJECT || element == SENTINEL_TYPE_LIST ||
      element == SENTINEL_TYPE_MAP)
    return invalid_config("option " + name + " has elements of the unknown type " + std::to_string(element));
  return check_type(*option, element, name, depth);
}

Status check_table(const sentinel_option_table& table, const std::string& path, int depth) {
  if (depth > kDeepestTable)
    return invalid_config("nests its options deeper than " + std::to_string(kDeepestTable) + " tables");
  if (table.struct_size < sizeof table) return too_short("option table", table.struct_size, sizeof table);
  if (table.count > 0 && table.options == nullptr) return invalid_config("has an option table that is null");
  std::vector<std::string_view> names;
  const auto add = [&](std::string_view name) -> Status {
    if (std::find(names.begin(), names.end(), name) != names.end())
      return invalid_config("option \"" + path + as_utf8(name) + "\" is declared twice");
    names.push_back(name);
    return {};
  };
  for (std::uint32_t i = 0; i < table.count; ++i) {
    SENTINEL_TRY(check_option(table.options[i], path, depth));
    const auto& option = *table.options[i];
    SENTINEL_TRY(add(option.name));
    const auto* former_names = SENTINEL_OFFERS(&option, former_names) ? option.former_names : nullptr;
    for (auto former = former_names; former != nullptr && *former != nullptr; ++former) SENTINEL_TRY(add(*former));
  }
  return {};
}

struct RequiredCall {
  const char* name;
  bool is_there;
};
#define SENTINEL_CALL(calls, member) \
  RequiredCall { #member, SENTINEL_OFFERS(calls, member) && (calls)->member != nullptr }

Status check_calls(std::initializer_list<RequiredCall> calls) {
  for (const auto& call : calls)
    if (!call.is_there)
      return invalid_config("does not offer " + std::string(call.name) + ", which every one of its kind must");
  return {};
}

Status check_source(const sentinel_component& component) {
  const auto* calls = SENTINEL_OFFERS(&component, source) ? component.source : nullptr;
  if (calls == nullptr) return invalid_config("has no call table");
  return check_calls({SENTINEL_CALL(calls, open), SENTINEL_CALL(calls, close), SENTINEL_CALL(calls, schema),
                      SENTINEL_CALL(calls, read)});
}

Status check_transform(const sentinel_component& component) {
  const auto* calls = SENTINEL_OFFERS(&component, transform) ? component.transform : nullptr;
  if (calls == nullptr) return invalid_config("has no call table");
  return check_calls({SENTINEL_CALL(calls, open), SENTINEL_CALL(calls, close), SENTINEL_CALL(calls, bind),
                      SENTINEL_CALL(calls, apply)});
}

Status check_sink(const sentinel_component& component) {
  const auto* calls = SENTINEL_OFFERS(&component, sink) ? component.sink : nullptr;
  if (calls == nullptr) return invalid_config("has no call table");
  SENTINEL_TRY(check_calls({SENTINEL_CALL(calls, open), SENTINEL_CALL(calls, close), SENTINEL_CALL(calls, bind),
                            SENTINEL_CALL(calls, write)}));
  const auto max_rows = SENTINEL_OFFERS(&component, max_rows) ? component.max_rows : 0;
  if (max_rows < 0) return invalid_config("takes " + std::to_string(max_rows) + " rows at most");
  if (component.sink_level == SENTINEL_SINK_WRITE_ONLY) return {};
  if (max_rows > 0) return invalid_config("limits the rows of a write, though a transaction holds a whole batch");
  if (component.sink_level != SENTINEL_SINK_TRANSACTIONAL)
    return invalid_config("claims the unknown level " + std::to_string(component.sink_level));
  auto status = check_calls({SENTINEL_CALL(calls, resume), SENTINEL_CALL(calls, commit), SENTINEL_CALL(calls, rollback),
                             SENTINEL_CALL(calls, resolve), SENTINEL_CALL(calls, letters),
                             SENTINEL_CALL(calls, heartbeat), SENTINEL_CALL(calls, finish)});
  return status.ok() ? status : std::move(status).prefixed("claims level 2 but ");
}
#undef SENTINEL_CALL

Status check_kind(const sentinel_component& component, bool is_built_in) {
  switch (component.kind) {
    case SENTINEL_KIND_SOURCE: return check_source(component);
    case SENTINEL_KIND_TRANSFORM: return check_transform(component);
    case SENTINEL_KIND_SINK: return check_sink(component);
    case SENTINEL_KIND_BUILT_IN:
    case SENTINEL_KIND_SETTING:
      return is_built_in
                 ? Status{}
                 : invalid_config("is a " + std::string(kind_name(component.kind)) +
                                  ", which only the program itself can offer; write a source, transform or sink");
    default: return invalid_config("has the unknown kind " + std::to_string(component.kind));
  }
}

Status check_component(const sentinel_component* component, bool is_built_in) {
  if (component == nullptr) return invalid_config("one of its components is null");
  if (!SENTINEL_OFFERS(component, sink_level)) return too_short("component", component->struct_size, sizeof *component);
  if (component->use == nullptr || !is_use_name(component->use))
    return invalid_config("one of its components has the name \"" +
                          as_utf8(component->use == nullptr ? "" : component->use) +
                          "\"; a name is made of a-z, 0-9 and _");
  const auto check = [&]() -> Status {
    if (is_empty(component->doc)) return invalid_config("has no documentation");
    SENTINEL_TRY(check_kind(*component, is_built_in));
    return component->options == nullptr ? invalid_config("has no option table")
                                         : check_table(*component->options, "", 1);
  };
  auto status = check();
  if (status.ok()) return status;
  return std::move(status).prefixed("its " + std::string(kind_name(component->kind)) + " " + component->use + " ");
}

}  // namespace

bool is_use_name(std::string_view name) {
  const auto is_part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' && std::all_of(name.begin(), name.end(), is_part);
}

Status check_description(const sentinel_plugin* plugin, bool is_built_in) {
  if (plugin == nullptr)
    return invalid_config("gave no description of itself to version " + std::to_string(SENTINEL_ABI_VERSION) +
                          " of the plugin interface");
  if (!SENTINEL_OFFERS(plugin, abi_version)) return too_short("plugin struct", plugin->struct_size, sizeof *plugin);
  SENTINEL_TRY(check_version(plugin->abi_version));
  if (!SENTINEL_OFFERS(plugin, components)) return too_short("plugin struct", plugin->struct_size, sizeof *plugin);
  if (is_empty(plugin->name)) return invalid_config("does not say its name");
  if (is_empty(plugin->version)) return invalid_config("does not say its version");
  if (plugin->component_count == 0 || plugin->components == nullptr) return invalid_config("has no component");
  if (plugin->component_count > kMostComponents)
    return invalid_config("claims " + std::to_string(plugin->component_count) + " components");
  for (std::uint64_t i = 0; i < plugin->component_count; ++i)
    SENTINEL_TRY(check_component(plugin->components[i], is_built_in));
  return {};
}

}  // namespace sentinel::plugins
