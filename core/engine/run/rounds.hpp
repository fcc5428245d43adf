// The same work again and again until a stop: at fixed times, or when there is something to do.
#pragma once

#include "engine/telemetry/host_services.hpp"

#include <sentinel/status.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace sentinel::engine {

// Answers an exit code. After 0, 3, 4, 5 and 6 the next round comes, which may find things better; any other is the
// last.
using Round = std::function<int()>;

// A round now, and then at multiples of `every` from now. One that takes longer skips those it ran into, and says so.
// Answers the last round's exit code, or that of the stop. REQUIRES: every > 0.
int repeat_every(telemetry::HostServices& services, std::chrono::milliseconds every, const Round& round);

// Unix time in ms; nothing: not for now.
using NextDue = std::function<Result<std::optional<std::int64_t>>()>;

// A round whenever one is due; `next_due_ms` is asked at least once a minute. Errors: its own.
Result<int> repeat_when_due(telemetry::HostServices& services, const NextDue& next_due_ms, const Round& round);

}  // namespace sentinel::engine
