// Runs cases through the engine's own loop, into a temporary target, and reports how the outcome differs from what was
// expected. No network, no waiting: the clock jumps to the end of each wait.
#pragma once

#include "engine/cases/case_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/telemetry/host_services.hpp"

#include <filesystem>
#include <functional>

namespace sentinel::cases {

struct Difference {
  config::Position at;  // in the case file
  std::string text;     // one or more lines
};

struct CaseResult {
  std::string name;
  config::Position at;
  std::vector<Difference> differences;  // none: passed
  bool passed() const { return differences.empty(); }
};

// `stop` ends the current run cleanly.
struct Surroundings {
  std::vector<std::filesystem::path> plugin_folders;
  plugins::Registry& registry;  // over the same folders
  telemetry::StopSignal& stop;
};

// The pipeline file as the cases see it: each variable that it names has a value, from the case file, from the default
// in the pipeline file, or a placeholder.
config::LoadedFile load_pipeline(const CaseFile& file, plugins::Registry& registry);

// Errors: kInvalidConfig where the sink cannot be pointed at a temporary target; kStorage.
Result<CaseResult> run_case(const CaseFile& file, const Case& one, const config::PipelineFile& pipeline,
                            const Surroundings& surroundings);

}  // namespace sentinel::cases
