// What is done after each run of `sentinel run`: a table of actions. A new one is its file in this folder, which
// defines `Status NAME(const FinishedRun&)`, and a line here; CMakeLists.txt reads this table.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/run/run.hpp"
#include "engine/telemetry/log.hpp"

#include <chrono>

// In the order in which they happen.
#define SENTINEL_AFTER_RUN_ACTIONS(ACTION) ACTION(on_finish)

namespace sentinel::app {

// Borrowed for the call.
struct FinishedRun {
  const config::PipelineFile& file;
  const engine::RunReport& report;
  int exit_code = 0;                          // that the program ends with for this run
  std::chrono::milliseconds patience{60000};  // that an action may take at most
};

// An action does nothing where the pipeline file does not ask for it. Errors: any, with the end of a sentence that
// begins with its name.
#define SENTINEL_DECLARE_ACTION(NAME) Status NAME(const FinishedRun& run);
SENTINEL_AFTER_RUN_ACTIONS(SENTINEL_DECLARE_ACTION)
#undef SENTINEL_DECLARE_ACTION

// Does all of them. One that fails is a warning in the log: it changes neither the run nor the exit code, and the
// others follow.
void act_after_run(const FinishedRun& run, telemetry::Log& log);

}  // namespace sentinel::app
