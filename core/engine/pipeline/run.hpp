// A run: from the lock to the balance.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/pipeline/balance.hpp"
#include "engine/plugins/instance.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/host_services.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace sentinel::pipeline {

// How far a run has come.
struct RunProgress {
  std::uint64_t records = 0, new_letters = 0;  // delivered
  std::optional<std::int64_t> expected{};      // records of the whole pass, where it began at the beginning and the
                                               // source can count
};

struct RunOptions {
  bool full = false;                                 // begin from the empty cursor
  bool take_over = false;                            // do not wait for a foreign holder's heartbeat to grow old
  std::optional<std::int64_t> limit = std::nullopt;  // stop behind the batch with this record
  // Called by the thread that called run(): at the start, after each batch, and twice a second while none comes.
  std::function<void(const RunProgress&)> on_progress = nullptr;
};

// What a sweep behind the run found and did.
struct SweepReport {
  std::uint64_t records = 0, rows = 0;  // compared: of the source, of the target
  std::uint64_t landed = 0;             // records whose rows were missing or different
  std::uint64_t gone = 0;               // rows that were marked or removed
  std::uint64_t letters = 0;            // closed, since their records are gone
  std::string held_back;                // why no row went, in one sentence; empty: nothing held it back
  bool is_over_ratio = false;           // that was mirror.max_delete_ratio
};

struct RunReport {
  std::string run_id, pipeline, source_id;
  int exit_code = 0;
  Status fault;  // ok where the run finished
  Balance balance;
  int exponent = 2;
  std::int64_t started_unix_ms = 0, elapsed_ms = 0;
  std::uint64_t new_letters = 0;
  std::optional<SweepReport> sweep;  // where one was due
  bool is_limited = false;           // it stopped at RunOptions::limit; the next run goes on there
};

// Runs the pipeline once, until its source is done. Never throws; what went wrong stands in the report, and what was
// landed before stays landed. REQUIRES: `file` was loaded against `registry`.
RunReport run(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
              const std::filesystem::path& state_folder, const RunOptions& options);

// --- pieces that replay and check share

// Opens the sink of the file; errors carry the place in the file.
Result<std::unique_ptr<plugins::SinkStage>> open_sink(const config::PipelineFile& file, plugins::Registry& registry,
                                                      telemetry::HostServices& services);
// Binds the sink, and makes what is missing in the target where `may_create`.
Status bind_sink(const config::PipelineFile& file, plugins::SinkStage& sink, const Schema& schema, telemetry::Log& log,
                 bool may_create);
inline constexpr std::string_view kNoPayload = "no_payload";  // native code of a letter that is owed but not held here
// Compares the letters that the destination knows with the payloads here. Errors: kStorage for a letter without
// payload.
Status reconcile_letters(const config::PipelineFile& file, plugins::SinkStage& sink, store::Store& store,
                         telemetry::Log& log);
ResumeRequest resume_request(const config::PipelineFile& file, const std::filesystem::path& state_folder,
                             std::string run_id, bool is_replay);
std::string new_run_id(telemetry::HostServices& services);
// The balance as JSON, for the store and --json.
std::string balance_json(const Balance& balance);

}  // namespace sentinel::pipeline
