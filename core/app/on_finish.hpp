// The command that a pipeline file names under `on_finish`: told how each run ended.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/run/run.hpp"
#include "engine/telemetry/log.hpp"

#include <chrono>

namespace sentinel::app {

inline constexpr std::chrono::milliseconds kOnFinishPatience{60000};

// Runs it without a shell and waits for it. It gets the report as JSON on standard input, SENTINEL_PIPELINE,
// SENTINEL_RUN_ID, SENTINEL_EXIT_CODE and the counts of the balance in its environment, and of ours only what names no
// secret (PATH, HOME, …); what it prints goes to standard error. Whatever is wrong with it is a warning. With all it
// started it is killed when `patience` is over.
void run_on_finish(const config::PipelineFile& file, const engine::RunReport& report, int exit_code,
                   telemetry::Log& log, std::chrono::milliseconds patience = kOnFinishPatience);

}  // namespace sentinel::app
