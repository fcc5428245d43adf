// Adds built-in plugins at the start, and loads files when a component is looked up.
#include "engine/plugins/registry.hpp"

#include "engine/plugins/description_check.hpp"
#include "engine/plugins/plugin_file.hpp"

#include <sentinel/did_you_mean.hpp>

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace sentinel::plugins {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "sentinel_", kSuffix = ".so";

std::string file_name(std::int32_t kind, std::string_view use) {
  return std::string(kPrefix) + std::string(use) + "_" + std::string(kind_name(kind)) + std::string(kSuffix);
}

// The `use:` name that a file name stands for; empty if it is no plugin of that kind.
std::string use_of(std::string_view file, std::int32_t kind) {
  const auto ending = "_" + std::string(kind_name(kind)) + std::string(kSuffix);
  if (!file.starts_with(kPrefix) || !file.ends_with(ending) || file.size() <= kPrefix.size() + ending.size()) return {};
  return std::string(file.substr(kPrefix.size(), file.size() - kPrefix.size() - ending.size()));
}

// The plugin files of a folder, sorted; none if there is no such folder.
std::vector<fs::path> plugin_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    const auto name = entry->path().filename().string();
    if (name.starts_with(kPrefix) && name.ends_with(kSuffix)) files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Calls the entry. It must not throw, but only our own SDK sees to that; so the call is not one to a noexcept function.
Result<const sentinel_plugin*> describe(sentinel_plugin_entry entry) {
  const sentinel_plugin* (*const call)(std::uint32_t) = entry;
  try {
    return call(SENTINEL_ABI_VERSION);
  } catch (const std::exception& thrown) {
    return invalid_config("threw while describing itself: " + std::string(thrown.what()));
  } catch (...) {
    return invalid_config("threw something that is no std::exception while describing itself");
  }
}

}  // namespace

struct Registry::Impl {
  std::vector<fs::path> search_path;
  std::deque<PluginInfo> plugins;  // a deque: pointers into it stay good
  std::map<fs::path, const PluginInfo*> by_path;
  std::vector<Status> refused_built_ins;

  Result<const PluginInfo*> add(sentinel_plugin_entry entry, const fs::path& path) {
    SENTINEL_ASSIGN(const auto* plugin, describe(entry));
    SENTINEL_TRY(check_description(plugin, path.empty()));
    return &plugins.emplace_back(PluginInfo{plugin->name, plugin->version, path, plugin});
  }
  Status not_found(Registry& registry, std::int32_t kind, std::string_view use) const;
};

namespace {

const sentinel_component* component_of(const PluginInfo& info, std::int32_t kind, std::string_view use) {
  for (std::uint64_t i = 0; i < info.plugin->component_count; ++i) {
    const auto* component = info.plugin->components[i];
    if (component->kind == kind && component->use == use) return component;
  }
  return nullptr;
}

}  // namespace

Registry::Registry(std::vector<fs::path> search_path, std::vector<sentinel_plugin_entry> built_in)
    : impl_(std::make_unique<Impl>()) {
  impl_->search_path = std::move(search_path);
  for (const auto entry : built_in) {
    auto added = impl_->add(entry, {});
    if (!added) impl_->refused_built_ins.push_back(std::move(added).error().prefixed("built-in plugin: "));
  }
}

Registry::~Registry() = default;

Status Registry::Impl::not_found(Registry& registry, std::int32_t kind, std::string_view use) const {
  auto text =
      "no " + std::string(kind_name(kind)) + " \"" + std::string(use) + "\"" + did_you_mean(use, registry.names(kind));
  if (is_in_engine(kind)) return invalid_config(text);
  if (search_path.empty())
    return invalid_config(text + " (it is not built in, and there is no folder to search for plugins)");
  const auto name = file_name(kind, use);
  text += " (searched for";
  for (const auto& folder : search_path) {
    text += (&folder == &search_path.front() ? " " : ", ") + (folder / name).string();
    std::error_code failed;
    if (!fs::is_directory(folder, failed)) text += " [no such folder]";
  }
  return invalid_config(text + ")");
}

Result<const sentinel_component*> Registry::find(std::int32_t kind, std::string_view use) {
  for (const auto& info : impl_->plugins)
    if (const auto* component = component_of(info, kind, use)) return component;
  if (!is_use_name(use))
    return invalid_config("no " + std::string(kind_name(kind)) + " \"" + std::string(use) +
                          "\": a name is made of a-z, 0-9 and _");
  for (const auto& folder : impl_->search_path) {
    const auto file = folder / file_name(kind, use);
    std::error_code failed;
    if (is_in_engine(kind) || !fs::exists(fs::symlink_status(file, failed))) continue;
    SENTINEL_ASSIGN(const auto* info, load(file));
    if (const auto* component = component_of(*info, kind, use)) return component;
    return invalid_config(plugin_prefix(file) + "holds no " + std::string(kind_name(kind)) + " \"" + std::string(use) +
                          "\", though its name says so");
  }
  return impl_->not_found(*this, kind, use);
}

std::vector<std::string> Registry::names(std::int32_t kind) {
  std::vector<std::string> names;
  for (const auto& info : impl_->plugins)
    for (std::uint64_t i = 0; i < info.plugin->component_count; ++i)
      if (info.plugin->components[i]->kind == kind) names.emplace_back(info.plugin->components[i]->use);
  for (const auto& folder : impl_->search_path)
    for (const auto& file : plugin_files(folder))
      if (auto use = use_of(file.filename().string(), kind); !use.empty()) names.push_back(std::move(use));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<const PluginInfo*> Registry::load(const fs::path& file) {
  SENTINEL_ASSIGN(const auto real_path, check_plugin_file(file, geteuid()));
  if (const auto known = impl_->by_path.find(real_path); known != impl_->by_path.end()) return known->second;
  SENTINEL_ASSIGN(const auto entry, map_plugin(real_path));
  auto added = impl_->add(entry, real_path);
  if (!added) return std::move(added).error().prefixed(plugin_prefix(file));
  impl_->by_path.emplace(real_path, *added);
  return added;
}

std::vector<const PluginInfo*> Registry::all(std::vector<Status>& refused) {
  refused = impl_->refused_built_ins;
  std::vector<std::string> seen;  // a file in an earlier folder hides one of the same name
  for (const auto& folder : impl_->search_path)
    for (const auto& file : plugin_files(folder)) {
      const auto name = file.filename().string();
      if (std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
      seen.push_back(name);
      if (auto loaded = load(file); !loaded) refused.push_back(std::move(loaded).error());
    }
  std::vector<const PluginInfo*> list;
  for (const auto& info : impl_->plugins) list.push_back(&info);
  return list;
}

const PluginInfo& Registry::owner(const sentinel_component& component) const {
  for (const auto& info : impl_->plugins)
    for (std::uint64_t i = 0; i < info.plugin->component_count; ++i)
      if (info.plugin->components[i] == &component) return info;
  assert(false && "a component of another registry");
  static const PluginInfo none;
  return none;
}

std::vector<fs::path> default_search_path() {
  std::vector<fs::path> folders;
  if (const char* given = secure_getenv("SENTINEL_PLUGIN_PATH")) {
    std::string_view rest = given;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(':'), rest.size());
      if (end > 0) folders.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  std::error_code failed;
  const auto program = fs::read_symlink("/proc/self/exe", failed);
  if (!failed) folders.push_back((program.parent_path().parent_path() / "lib/sentinel/plugins").lexically_normal());
  return folders;
}

std::string_view kind_name(std::int32_t kind) {
  switch (kind) {
    case SENTINEL_KIND_SOURCE: return "source";
    case SENTINEL_KIND_TRANSFORM: return "transform";
    case SENTINEL_KIND_SINK: return "sink";
    case SENTINEL_KIND_BUILT_IN: return "built-in stage";
    case SENTINEL_KIND_SETTING: return "setting";
    default: return "component";
  }
}

}  // namespace sentinel::plugins
