// Chooses the exit code of work that ended, and the summary that the ledger keeps of it.
#include "engine/delivery/ending.hpp"

#include "engine/stages/circuit_breaker.hpp"

namespace sentinel::engine {

int ending_code(const Status& fault, telemetry::HostServices& services) {
  const bool is_stopped = fault.code() == Code::kCancelled && services.stop().requested();
  if (stages::is_breaker_open(fault)) return kExitBreakerOpen;
  return is_stopped ? kExitSignal + services.stop().signal() : exit_code_of(fault.code());
}

RunSummary summary_of(const Status& fault, int exit_code, const Balance& balance) {
  const auto* state = fault.ok() ? "finished" : fault.code() == Code::kCancelled ? "stopped" : "failed";
  return {exit_code, state, fault.message(), balance.records()};
}

}  // namespace sentinel::engine
