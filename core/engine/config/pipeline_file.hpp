// A pipeline file, parsed and validated: every mistake in one pass, each with file:line:column and the cure.
#pragma once

#include "engine/config/component_catalogue.hpp"
#include "engine/config/option_tree.hpp"
#include "engine/config/top_level_keys.hpp"
#include "engine/config/yaml/environment.hpp"
#include "engine/config/yaml/problems.hpp"

#include <sentinel/status.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::config {

// One stage as the file gives it: which component, with which options.
struct StageConfig {
  std::int32_t kind = 0;  // sentinel_kind
  std::string use;
  Position at;  // of `use`
  OptionTree options;
  Positions positions;  // of values by option path: "rules.email"

  // The place of the option, or of its nearest parent that stands in the file, or of the stage.
  Position position_of(std::string_view option_path) const { return positions.nearest(option_path, at); }
};

struct PipelineFile : KeyOptions {
  std::string path;  // as given
  std::string name;  // `pipeline:`
  StageConfig source, sink;
  std::vector<StageConfig> transforms;
  Positions positions;                 // of keys with options and of their values: "money", "mirror.deletes"
  std::vector<std::string> on_finish;  // a program and its arguments, run after each run; empty: none
  // Changes when anything of the file that shapes records changes (transforms, sink, money): not comments, not secrets.
  std::string mapping_hash;
  // Who is read: plugin, cursor version and the identity options, without user names and passwords: "counter/1/3f0c…".
  std::string source_id;
};

struct LoadedFile {
  std::optional<PipelineFile> pipeline;  // only if there is no error among the problems
  std::vector<Problem> problems;         // errors and warnings, in the order of the file
  bool ok() const { return pipeline.has_value(); }
};

// Reads and validates the file against the option tables of the components it names. `.env` beside the file supplies
// variables that the environment does not have. `keys`: those of the top level; tests add their own.
LoadedFile load_pipeline_file(const std::string& path, ComponentCatalogue& catalogue, const Environment& environment,
                              std::span<const TopLevelKey> keys = top_level_keys());

}  // namespace sentinel::config
