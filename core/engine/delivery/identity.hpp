// Identifies who delivers: the id of a run, and the request by which it takes its lanes.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/telemetry/host_services.hpp"

#include <sentinel/sink.hpp>

#include <filesystem>
#include <string>

namespace sentinel::engine {

// "20261122T201403Z-7f3a": the start in UTC and four random digits.
std::string new_run_id(telemetry::HostServices& services);
ResumeRequest resume_request(const config::PipelineFile& file, const std::filesystem::path& state_folder,
                             std::string run_id, bool is_replay);

}  // namespace sentinel::engine
