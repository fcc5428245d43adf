// Repeats work until a stop: at fixed times, or when there is something to do.
#pragma once

#include "engine/telemetry/host_services.hpp"

#include <sentinel/status.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace sentinel::engine {

// Returns an exit code. After 0, 3, 4, 5 and 6 another round follows, since the cause may be over by then; any other
// code ends the repetition.
using Round = std::function<int()>;

// A round now, and then at multiples of `every` from now. One that takes longer skips the starts that it overlaps.
// Answers the last round's exit code, or that of the stop. REQUIRES: every > 0.
int repeat_every(telemetry::HostServices& services, std::chrono::milliseconds every, const Round& round);

// Unix time in ms; nothing: not for now.
using NextDue = std::function<Result<std::optional<std::int64_t>>()>;

// A round whenever one is due; `next_due_ms` is asked at least once a minute. Errors: its own.
Result<int> repeat_when_due(telemetry::HostServices& services, const NextDue& next_due_ms, const Round& round);

}  // namespace sentinel::engine
