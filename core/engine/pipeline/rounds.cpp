// Waiting on the injected clock, which a stop cuts short.
#include "engine/pipeline/rounds.hpp"

#include "engine/pipeline/exit_code.hpp"

#include <algorithm>

namespace sentinel::pipeline {
namespace {

// A letter that stays due, such as one left for later, must not make it spin; one that a run makes must not wait long.
constexpr std::int64_t kShortestWaitMs = 5000, kLongestWaitMs = 60000;

bool ends_it(int exit_code) { return exit_code == kExitStorage || exit_code == kExitConfig; }

int stop_code(telemetry::HostServices& services) { return kExitSignal + services.stop().signal(); }

}  // namespace

Result<int> repeat(telemetry::HostServices& services, const Rounds& rounds) {
  auto& clock = services.clock();
  while (true) {
    const auto began_ms = clock.steady_ms();
    SENTINEL_ASSIGN(auto due_ms, rounds.next_due_ms());
    if (rounds.every || (due_ms && *due_ms <= clock.now_unix_ms())) {
      if (const int code = rounds.round(); ends_it(code)) return code;
      SENTINEL_ASSIGN(due_ms, rounds.next_due_ms());
    }
    if (services.stop().requested()) return stop_code(services);
    const auto until_due_ms = due_ms ? *due_ms - clock.now_unix_ms() : kLongestWaitMs;
    const auto wake_ms = rounds.every ? std::max(began_ms + rounds.every->count(), clock.steady_ms())
                                      : clock.steady_ms() + std::clamp(until_due_ms, kShortestWaitMs, kLongestWaitMs);
    if (clock.wait_until(wake_ms, services.stop())) return stop_code(services);
  }
}

}  // namespace sentinel::pipeline
