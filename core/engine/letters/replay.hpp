// Replays dead letters through today's pipeline into the target, safe beside an active run.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/delivery/balance.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/host_services.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sentinel::engine {

struct ReplayOptions {
  std::vector<std::string> letter_ids;  // full ids; quarantined ones are released; empty: every waiting letter that is
                                        // due, or that was last tried under another mapping
  bool ignore_due = false;              // waiting and quarantined letters alike, now
  store::LetterFilter filter{};         // without letter_ids: only those of them; pipeline and due are replay's own
  // Records that no person edited are fetched from the source by key, as it holds them now, where it offers that. One
  // that is not there any more, and all of a source that does not answer, are replayed as they were stored.
  bool fetch = false;
};

struct ReplayReport {
  std::string run_id, pipeline;
  int exit_code = 0;
  Status fault;  // ok where every letter was replayed
  Balance balance;
  int exponent = 2;
  std::uint64_t recovered = 0, failed_again = 0, closed_elsewhere = 0, filtered = 0;
  std::uint64_t fetched = 0;         // letters whose record was fetched anew
  std::uint64_t left_for_later = 0;  // an active run was in the way repeatedly; they stay waiting
  std::uint64_t not_replayable = 0;  // never became a row: only a new read of the corrected source settles them
};

// Replays each letter once. Each is claimed in the same transaction that lands its record: a letter closed meanwhile
// writes nothing.
ReplayReport replay(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
                    const std::filesystem::path& state_folder, const ReplayOptions& options);

}  // namespace sentinel::engine
