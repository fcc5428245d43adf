// Bundles what every step of a delivery needs: pipeline file, sink, store and services.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/sink_stage.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/host_services.hpp"

namespace sentinel::engine {

// All borrowed for the length of the run or the replay.
struct Workplace {
  const config::PipelineFile& file;
  plugins::SinkStage& sink;
  store::Store& store;
  telemetry::HostServices& services;
};

}  // namespace sentinel::engine
