// Follows one record through the source, the transforms, the letters and the target.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/host_services.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::engine {

struct TraceReport {
  std::string pipeline, source_id, key;
  int exit_code = 0;
  Status fault;

  std::string source_key;  // empty: no record of the source has this key, as its own or as that of the target
  std::string record;      // as the source gives it, JSON
  enum class Fate { kNone, kPasses, kFiltered, kRejected };
  Fate fate = Fate::kNone;    // what today's transforms do with it
  std::string stage, reason;  // kRejected
  std::string target_key;
  std::string passed;  // as the sink would get it, JSON

  bool is_in_target = false;
  std::string row;       // as it is in the target, JSON; empty also where the sink cannot be read back
  bool is_same = false;  // row and passed are equal

  std::vector<store::StoredLetter> letters;  // of the source key, open and closed, oldest first
  std::optional<store::StoredRun> last_run;
};

// `key` is the record's own key in the source or its key in the target; for the latter the source may be read
// completely. Writes nothing. Never throws.
TraceReport trace(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
                  const std::filesystem::path& state_folder, const std::string& key);

}  // namespace sentinel::engine
