// Waiting: backoff between attempts, and the patience with a service that went away.
#pragma once

#include "engine/stages/policies.hpp"
#include "engine/telemetry/host_services.hpp"

#include <sentinel/status.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace sentinel::engine {

// The wait before attempt number `attempt` + 1 (attempts count from 1): initial * 2^(attempt-1), at most max, jittered.
std::chrono::milliseconds backoff(const stages::Retry& retry, std::int64_t attempt, telemetry::HostServices& services);

// An outage begins with the first fault after a success. Until `patience` is over, wait() pauses and lets the caller
// try again; it honours what the service asked for. An outage never makes a dead letter.
class Outage {
 public:
  // `stop` cuts a pause short: the program's own, or that of the thread that waits.
  Outage(std::chrono::milliseconds patience, const stages::Retry& retry, telemetry::HostServices& services,
         telemetry::StopSignal& stop)
      : patience_(patience), retry_(retry), services_(services), stop_(stop) {}
  // Ok: try again. Errors: the fault itself once patience is over, in words that say so; kCancelled after a stop.
  Status wait(const Status& fault);
  void over();  // the service answered
  bool is_on() const { return began_ms_.has_value(); }
  void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }

 private:
  std::chrono::milliseconds patience_;
  stages::Retry retry_;
  telemetry::HostServices& services_;
  telemetry::StopSignal& stop_;
  std::optional<std::int64_t> began_ms_;
  std::int64_t attempt_ = 0;
  std::int64_t told_ms_ = 0;  // when the wait was last spoken of
};

}  // namespace sentinel::engine
