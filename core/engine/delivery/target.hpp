// The target of a pipeline before its first batch: the sink opened and bound, missing tables created.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/plugins/sink_stage.hpp"
#include "engine/telemetry/host_services.hpp"

#include <memory>

namespace sentinel::engine {

// Opens the sink of the file; errors carry the place in the file.
Result<std::unique_ptr<plugins::SinkStage>> open_sink(const config::PipelineFile& file, plugins::Registry& registry,
                                                      telemetry::HostServices& services);
// Binds the sink, and creates what is missing in the target where `may_create`.
Status bind_sink(const config::PipelineFile& file, plugins::SinkStage& sink, const Schema& schema, telemetry::Log& log,
                 bool may_create);

}  // namespace sentinel::engine
