// Turns at fixed times: `every` after the first, whatever each takes. A turn that takes longer skips the ones it ran
// into.
#pragma once

#include "engine/telemetry/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace sentinel::engine {

class Schedule {
 public:
  // The first turn is now. REQUIRES: every > 0; clock and stop outlive this object.
  Schedule(telemetry::Clock& clock, telemetry::StopSignal& stop, std::chrono::milliseconds every)
      : clock_(clock), stop_(stop), every_ms_(every.count()), turn_ms_(clock.steady_ms()) {}

  // Waits for the next turn and answers how many had to be skipped; nothing where a stop came first.
  std::optional<std::int64_t> wait();

 private:
  telemetry::Clock& clock_;
  telemetry::StopSignal& stop_;
  const std::int64_t every_ms_;
  std::int64_t turn_ms_;  // of the last turn, by the steady clock
};

}  // namespace sentinel::engine
