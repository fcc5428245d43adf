// Compares everything after a run: lands edits that no modified date shows, and removes or marks rows of deleted
// records. The setting `mirror` of a pipeline file.
#pragma once

#include "engine/delivery/delivery.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/plugins/sink_stage.hpp"
#include "engine/plugins/source_stage.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace sentinel::engine {

// Errors: kInvalidConfig at the file's `mirror`, where source or sink lack what it needs. Ok for a file without one.
Status check_mirror(const config::PipelineFile& file, const plugins::SourceStage& source,
                    const plugins::SinkStage& sink);

// True if the file has a mirror, and a sweep is due or `is_forced`.
Result<bool> is_sweep_due(const config::PipelineFile& file, store::Store& store, telemetry::Clock& clock,
                          bool is_forced);

// What a sweep after the run found and did.
struct SweepReport {
  std::uint64_t records = 0, rows = 0;  // compared: of the source, of the target
  std::uint64_t landed = 0;             // records whose rows were missing or different
  std::uint64_t departed = 0;           // rows that were marked or removed
  std::uint64_t letters = 0;            // closed, since their records were deleted
  std::string held_back;                // why no row departed, in one sentence; empty: nothing held it back
  bool is_over_ratio = false;           // it was held back by mirror.max_delete_ratio
};

// What a sweep needs of the run that it follows; all borrowed. REQUIRES: the run lock is held, `delivery` has its
// lanes.
struct SweepPlace {
  Workplace place;
  plugins::Registry& registry;
  const std::filesystem::path& state_folder;
  Delivery& delivery;
  std::function<Status()> between_pages;  // keeps the lanes while nothing is delivered
};

// Rows depart only where every record of the source was enumerated twice, by its content and by its keys, and no
// rejected record could be theirs; else the report says why none departed. A row that landed or changed since the
// target was read stays. Memory is bounded. Errors: those of reading and of Delivery, the circuit breaker's among them.
Status sweep(const SweepPlace& place, SweepReport& report);

}  // namespace sentinel::engine
