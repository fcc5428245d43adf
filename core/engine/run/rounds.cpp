// Waits on the injected clock; a stop ends every wait.
#include "engine/run/rounds.hpp"

#include "engine/exit_code.hpp"
#include "engine/run/schedule.hpp"

#include <sentinel/option.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::engine {
namespace {

// A letter that stays due, such as one left for later, must not make it spin; one that a run makes must not wait long.
constexpr std::int64_t kShortestWaitMs = 5000, kLongestWaitMs = 60000;

int stop_code(telemetry::HostServices& services) { return kExitSignal + services.stop().signal(); }

// The exit code, where a round was the last. A wrong file and a broken store wait for a person.
std::optional<int> end_after(int exit_code, telemetry::HostServices& services) {
  if (services.stop().requested()) return worse_exit_code(exit_code, stop_code(services));
  if (exit_code == kExitStorage || exit_code == kExitConfig) return exit_code;
  return std::nullopt;
}

}  // namespace

int repeat_every(telemetry::HostServices& services, std::chrono::milliseconds every, const Round& round) {
  Schedule schedule(services.clock(), services.stop(), every);
  while (true) {
    if (const auto end = end_after(round(), services)) return *end;
    const auto skipped = schedule.wait();
    if (!skipped) return stop_code(services);
    if (*skipped > 0)
      services.log().warn(fmt::format("{} {} skipped: the last run took longer than {}", *skipped,
                                      *skipped == 1 ? "start was" : "starts were",
                                      detail::duration_text(every.count())));
  }
}

Result<int> repeat_when_due(telemetry::HostServices& services, const NextDue& next_due_ms, const Round& round) {
  auto& clock = services.clock();
  while (true) {
    SENTINEL_ASSIGN(auto due_ms, next_due_ms());
    if (due_ms && *due_ms <= clock.now_unix_ms()) {
      if (const auto end = end_after(round(), services)) return *end;
      SENTINEL_ASSIGN(due_ms, next_due_ms());
    }
    const auto until_due_ms = due_ms ? *due_ms - clock.now_unix_ms() : kLongestWaitMs;
    const auto wake_ms = clock.steady_ms() + std::clamp(until_due_ms, kShortestWaitMs, kLongestWaitMs);
    if (clock.wait_until(wake_ms, services.stop())) return stop_code(services);
  }
}

}  // namespace sentinel::engine
