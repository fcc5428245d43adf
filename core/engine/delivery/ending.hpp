// How work on a pipeline ends: the program's exit code, and what the target's ledger notes of it.
#pragma once

#include "engine/delivery/balance.hpp"
#include "engine/exit_code.hpp"
#include "engine/telemetry/host_services.hpp"

#include <sentinel/sink.hpp>

namespace sentinel::engine {

// What a fault comes to; the signal, where it says that a stop cut the work short.
int ending_code(const Status& fault, telemetry::HostServices& services);

RunSummary summary_of(const Status& fault, int exit_code, const Balance& balance);

}  // namespace sentinel::engine
