// Executes a run, from the lock to the balance.
#pragma once

#include "engine/compare/sweep.hpp"
#include "engine/config/pipeline_file.hpp"
#include "engine/delivery/report.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/telemetry/host_services.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace sentinel::engine {

// How far a run has come.
struct RunProgress {
  std::uint64_t records = 0, new_letters = 0;  // delivered
  std::optional<std::int64_t> expected{};      // records of the whole pass, where it began at the beginning and the
                                               // source can count
};

struct RunOptions {
  bool full = false;                                 // begin from the empty cursor
  bool take_over = false;                            // do not wait for another holder's heartbeat to expire
  std::optional<std::int64_t> limit = std::nullopt;  // stop after the batch with this record
  // Called by the thread that called run(): at the start, after each batch, and twice a second while none comes.
  std::function<void(const RunProgress&)> on_progress = nullptr;
};

struct RunReport : DeliveryReport {
  std::optional<SweepReport> sweep{};              // where one was due
  std::map<std::string, std::int64_t> counters{};  // what plugins counted in this run: "source.NAME.COUNTER"
  bool is_limited = false;                         // it stopped at RunOptions::limit; the next run continues there
};

// Runs the pipeline once, until its source is done. Never throws; the report has the fault, and what landed before it
// stays landed. REQUIRES: `file` was loaded against `registry`.
RunReport run(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
              const std::filesystem::path& state_folder, const RunOptions& options);

}  // namespace sentinel::engine
