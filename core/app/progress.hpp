// Shows how far a run has come: one line updated in place on a terminal, a plain line at intervals elsewhere.
#pragma once

#include "engine/run/run.hpp"
#include "engine/telemetry/clock.hpp"
#include "engine/telemetry/log.hpp"

#include <cstdint>
#include <string>

namespace sentinel::app {

enum class ProgressStyle { kLines, kTerminal };
// kTerminal where standard error is one that can rewrite a line.
ProgressStyle progress_style();

// "donations   125,000 of 500,000 records (25 %)   41,200 records/s   12 dead letters   9 s left"
std::string progress_text(const std::string& pipeline, const engine::RunProgress& progress, std::int64_t elapsed_ms);

// Lives as long as the run; takes its line away at the end. One thread.
class Progress {
 public:
  // Lines go to `log`, the line on the terminal to `terminal`. REQUIRES: all of them outlive this object.
  Progress(ProgressStyle style, std::string pipeline, telemetry::Clock& clock, telemetry::Log& log,
           telemetry::StandardErrorLog& terminal)
      : style_(style),
        pipeline_(std::move(pipeline)),
        clock_(clock),
        log_(log),
        terminal_(terminal),
        began_ms_(clock.steady_ms()),
        shown_ms_(began_ms_) {}
  ~Progress() { terminal_.show(""); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(const engine::RunProgress& progress);

 private:
  const ProgressStyle style_;
  const std::string pipeline_;
  telemetry::Clock& clock_;
  telemetry::Log& log_;
  telemetry::StandardErrorLog& terminal_;
  const std::int64_t began_ms_;
  std::int64_t shown_ms_;
};

}  // namespace sentinel::app
