// A pipeline file, read and judged: every mistake in one pass, each with file:line:column and the cure.
#pragma once

#include "engine/config/component_catalogue.hpp"
#include "engine/config/option_tree.hpp"
#include "engine/config/yaml/environment.hpp"
#include "engine/config/yaml/problems.hpp"
#include "engine/stages/built_in_stages.hpp"
#include "engine/stages/settings.hpp"

#include <sentinel/status.hpp>

#include <map>
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
  std::map<std::string, Position> positions;  // option path ("rules.email") -> where its value stands

  // The place of the option, or of its nearest parent that stands in the file, or of the stage.
  Position position_of(std::string_view option_path) const;
};

// The options of the built-in stages are inherited: file.retry, file.outage, …
struct PipelineFile : stages::BuiltInOptions {
  std::string path;  // as given
  std::string name;  // `pipeline:`
  StageConfig source, sink;
  std::vector<StageConfig> transforms;
  std::optional<stages::Money> money;
  Position money_at;
  std::optional<stages::Mirror> mirror;
  Position mirror_at;
  std::vector<std::string> on_finish;  // a command and its words, run after each run; empty: none
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
// variables that the environment does not have.
LoadedFile load_pipeline_file(const std::string& path, ComponentCatalogue& catalogue, const Environment& environment);

}  // namespace sentinel::config
