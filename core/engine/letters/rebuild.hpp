// Restores letters that the target knows and this store lost: fetches their records from the source again.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/telemetry/host_services.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace sentinel::engine {

struct RebuildReport {
  Status fault;  // ok where every letter was asked for
  int exit_code = 0;
  std::uint64_t rebuilt = 0;
  struct Missing {
    std::string letter_id, source_key;
    std::string reason;  // why it was not rebuilt
  };
  std::vector<Missing> missing;  // still without record
};

// Gives each open letter that has no record here today's record of its key. It lands nothing; the next replay does.
// Errors: kUnsupported where the source cannot fetch by key; kFenced while a run or a replay is under way.
RebuildReport rebuild(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
                      const std::filesystem::path& state_folder, const std::string& note);

}  // namespace sentinel::engine
