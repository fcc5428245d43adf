// Shows and resets the checkpoint of a pipeline for an operator.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/telemetry/host_services.hpp"

#include <sentinel/sink.hpp>

#include <filesystem>
#include <vector>

namespace sentinel::engine {

// Every lane of the pipeline, of all its sources; nothing is taken or changed, and no source is asked. Of a sink of
// level 1 the one checkpoint that the store keeps for this source. Errors: kUnsupported where there is no checkpoint;
// those of the sink.
Result<std::vector<LaneState>> show_checkpoint(const config::PipelineFile& file, plugins::Registry& registry,
                                               telemetry::HostServices& services,
                                               const std::filesystem::path& state_folder);

// The next run begins from the empty cursor. Done under the pipeline's lock and by a batch without rows, so that
// a run elsewhere is fenced and the ledger shows it. Errors: kFenced where a run is under way; those of source
// and sink.
Status reset_checkpoint(const config::PipelineFile& file, plugins::Registry& registry,
                        telemetry::HostServices& services, const std::filesystem::path& state_folder);

}  // namespace sentinel::engine
