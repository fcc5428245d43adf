// How work on a pipeline ends: the program's exit code, and what the target's ledger records of it.
#pragma once

#include "engine/delivery/balance.hpp"
#include "engine/fault_codes.hpp"
#include "engine/telemetry/host_services.hpp"

#include <sentinel/sink.hpp>

namespace sentinel::engine {

// The exit code of a fault; the signal's, where a stop ended the work.
int ending_code(const Status& fault, telemetry::HostServices& services);

RunSummary summary_of(const Status& fault, int exit_code, const Balance& balance);

}  // namespace sentinel::engine
