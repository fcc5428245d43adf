// The program's exit codes, and the exit code of each fault.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace sentinel::engine {

enum ExitCode : int {
  kExitBalanced = 0,
  kExitStorage = 1,
  kExitConfig = 2,
  kExitUnreachable = 3,
  kExitBreakerOpen = 4,
  kExitDeadLetters = 5,
  kExitFenced = 6,
  kExitSignal = 128,  // + the signal's number
};

struct ExitCodeMeaning {
  int code;
  std::string_view means;
};
inline constexpr ExitCodeMeaning kExitCodes[] = {
    {kExitBalanced, "balanced; dead letters included, they are accounted for"},
    {kExitStorage, "storage fault, imbalance, or a plugin that broke its contract"},
    {kExitConfig, "the file, the command line or the target's shape is wrong"},
    {kExitUnreachable, "a service is unreachable or refuses us"},
    {kExitBreakerOpen,
     "the circuit breaker is open, or a mirror found more deleted records than `max_delete_ratio` allows"},
    {kExitDeadLetters, "dead letters, with `--fail-on-dead-letters` only"},
    {kExitFenced, "already running, or taken over by another run"},
    {kExitSignal + 2, "stopped by SIGINT, cleanly"},
    {kExitSignal + 15, "stopped by SIGTERM, cleanly"},
};

// Of several files: the first of 1, 2, 3, 4, 6, 5 that occurred; a stop by signal before all.
constexpr int worse_exit_code(int a, int b) {
  if (a >= kExitSignal || b >= kExitSignal) return std::max(a, b);
  for (const int code : {1, 2, 3, 4, 6, 5})
    if (a == code || b == code) return code;
  return kExitBalanced;
}

}  // namespace sentinel::engine
