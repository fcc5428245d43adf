// The built-in stage `outage`: waits for a service that went away. An outage never makes a dead letter.
#pragma once

#include "engine/stages/retry.hpp"
#include "engine/stages/stage.hpp"
#include "engine/telemetry/host_services.hpp"

#include <sentinel/component.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace sentinel::stages {

struct OutageOptions {
  std::chrono::milliseconds wait{15 * 60 * 1000};
  std::chrono::milliseconds connect_wait{10000};
};
inline constexpr auto kOutageOptions = options<OutageOptions>(
    option("wait", &OutageOptions::wait,
           "How long a run waits for a service that went away before it ends with exit 3.")
        .min(0)
        .max(7 * 24 * 3600000LL),
    option("connect_wait", &OutageOptions::connect_wait, "The same at the start of a run, before anything was read.")
        .min(0)
        .max(7 * 24 * 3600000LL));

// Handles Code::kUnavailable and Code::kThrottled. An outage begins with the first fault after a success and lasts at
// most `patience`; pauses grow like those of retry, and honour what the service asked for.
class Outage final : public AroundDelivery {
 public:
  // `stop` cuts a pause short: the program's own, or that of the thread that waits.
  Outage(std::chrono::milliseconds patience, const RetryOptions& backoff, telemetry::HostServices& services,
         telemetry::StopSignal& stop)
      : patience_(patience), backoff_(backoff), services_(services), stop_(stop) {}
  std::optional<Status> after_failure(const Status& fault) override;
  void after_success() override { over(); }

  // Pauses for a fault of any code. Ok: try again. Errors: the fault itself once patience is over, with how long that
  // was; kCancelled after a stop.
  Status wait(const Status& fault);
  void over();  // the service answered
  bool is_on() const { return began_ms_.has_value(); }

 private:
  const std::chrono::milliseconds patience_;
  const RetryOptions backoff_;
  telemetry::HostServices& services_;
  telemetry::StopSignal& stop_;
  std::optional<std::int64_t> began_ms_;
  std::int64_t attempt_ = 0;
  std::int64_t logged_ms_ = 0;  // when the wait was last logged
};

}  // namespace sentinel::stages
