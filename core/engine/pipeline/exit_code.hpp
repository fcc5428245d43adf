// The program's exit codes, and which of them a fault comes to.
#pragma once

#include <sentinel/status.hpp>

#include <algorithm>
#include <array>

namespace sentinel::pipeline {

enum ExitCode : int {
  kExitBalanced = 0,     // dead letters included: they are accounted for
  kExitStorage = 1,      // storage, imbalance, plugin fault
  kExitConfig = 2,       // the file, or the target's shape, is wrong
  kExitUnreachable = 3,  // a service is unreachable or refuses us
  kExitBreakerOpen = 4,
  kExitDeadLetters = 5,  // only with --fail-on-dead-letters
  kExitFenced = 6,       // already running, or fenced
  kExitSignal = 128,     // + signal: stopped, cleanly
};

constexpr int exit_code_of(Code code) {
  switch (code) {
    case Code::kOk: return kExitBalanced;
    case Code::kInvalidConfig:
    case Code::kSchemaChanged: return kExitConfig;
    case Code::kRefused:
    case Code::kUnavailable:
    case Code::kThrottled:
    case Code::kUnknownOutcome:
    case Code::kTransient: return kExitUnreachable;
    case Code::kFenced: return kExitFenced;
    default: return kExitStorage;
  }
}

// Of several files: the first of 1, 2, 3, 4, 6, 5 that occurred; a stop by signal before all.
constexpr int worse_exit_code(int a, int b) {
  if (a >= kExitSignal || b >= kExitSignal) return std::max(a, b);
  for (const int code : {1, 2, 3, 4, 6, 5})
    if (a == code || b == code) return code;
  return kExitBalanced;
}

}  // namespace sentinel::pipeline
