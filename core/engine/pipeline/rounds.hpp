// The same work again and again until a stop: by the clock, or when there is something to do.
#pragma once

#include "engine/telemetry/host_services.hpp"

#include <sentinel/status.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace sentinel::pipeline {

struct Rounds {
  // Between the beginnings of two rounds; nothing: a round begins when one is due.
  std::optional<std::chrono::milliseconds> every;
  // When the next round is due, Unix time in ms; nothing: not for now. Asked at least once a minute.
  std::function<Result<std::optional<std::int64_t>>()> next_due_ms;
  std::function<int()> round;  // answers an exit code
};

// Goes on after rounds that a later one may mend (exit 0, 3, 4, 5, 6), and answers any other exit code, or that of the
// stop.
Result<int> repeat(telemetry::HostServices& services, const Rounds& rounds);

}  // namespace sentinel::pipeline
