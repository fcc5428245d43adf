// Closes letters without landing their records: discarded by a person, or erased.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/telemetry/host_services.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sentinel::engine {

// Discards letters, in the target and here. Ids that only the target knows are allowed. Errors:
// kInvalidConfig for a letter that is not open.
Status discard(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
               const std::filesystem::path& state_folder, const std::vector<std::string>& letter_ids,
               const std::string& reason);

// Discards the open letters of a source key and erases what is stored of its record; the fact that it was owed stays.
// Returns how many letters it had. Errors: kFenced while a run is under way; kTransient, where another process reads
// the store.
Result<std::int64_t> erase(const config::PipelineFile& file, plugins::Registry& registry,
                           telemetry::HostServices& services, const std::filesystem::path& state_folder,
                           const std::string& source_key, const std::string& note);

}  // namespace sentinel::engine
