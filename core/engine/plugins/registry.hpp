// Finds, checks and loads plugins, and keeps them mapped until the program ends.
#pragma once

#include "engine/config/component_catalogue.hpp"

#include <sentinel/abi.h>
#include <sentinel/status.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::plugins {

// The plugin that a component belongs to.
struct PluginInfo {
  std::string name, version;
  std::filesystem::path path;  // empty: built in
  const sentinel_plugin* plugin = nullptr;
  bool is_built_in() const { return path.empty(); }
};

// Looks for sentinel_<use>_<kind>.so (`counter` as a source: sentinel_counter_source.so) in the search path, in order.
class Registry final : public config::ComponentCatalogue {
 public:
  // `built_in` are the entry points of what is linked into the program: stages, and the keys of the pipeline file that
  // hold options.
  Registry(std::vector<std::filesystem::path> search_path, std::vector<sentinel_plugin_entry> built_in);
  ~Registry() override;

  Result<const sentinel_component*> find(std::int32_t kind, std::string_view use) override;
  std::vector<std::string> names(std::int32_t kind) override;

  // Loads one file, whatever its name. Errors: kInvalidConfig with the path and one clear sentence (no such file, not
  // an ELF library, no entry symbol, too old, too new, truncated description, replaceable by somebody else, undefined
  // symbol, throws).
  Result<const PluginInfo*> load(const std::filesystem::path& file);
  // Built-in ones and everything loadable in the search path; files that were refused go into `refused`.
  std::vector<const PluginInfo*> all(std::vector<Status>& refused);
  // The plugin that a component of this registry belongs to.
  const PluginInfo& owner(const sentinel_component& component) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// SENTINEL_PLUGIN_PATH (colon-separated; ignored when the program runs with raised rights), then
// ../lib/sentinel/plugins beside the program's own folder.
std::vector<std::filesystem::path> default_search_path();

std::string_view kind_name(std::int32_t kind);  // "source", "transform", "sink", "built-in stage", "setting"
// True of what has no `use:`: its options stand under its own key at the top level of a pipeline file.
constexpr bool is_in_engine(std::int32_t kind) {
  return kind == SENTINEL_KIND_BUILT_IN || kind == SENTINEL_KIND_SETTING;
}

}  // namespace sentinel::plugins
