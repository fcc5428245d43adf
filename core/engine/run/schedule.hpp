// Starts at fixed times: `every` after the first, however long a run takes. A run that takes longer skips the starts
// that it overlaps.
#pragma once

#include "engine/telemetry/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace sentinel::engine {

class Schedule {
 public:
  // The first start is now. REQUIRES: every > 0; clock and stop outlive this object.
  Schedule(telemetry::Clock& clock, telemetry::StopSignal& stop, std::chrono::milliseconds every)
      : clock_(clock), stop_(stop), every_ms_(every.count()), start_ms_(clock.steady_ms()) {}

  // Waits for the next start and answers how many were skipped; nothing where a stop came first.
  std::optional<std::int64_t> wait();

 private:
  telemetry::Clock& clock_;
  telemetry::StopSignal& stop_;
  const std::int64_t every_ms_;
  std::int64_t start_ms_;  // of the last start, by the steady clock
};

}  // namespace sentinel::engine
