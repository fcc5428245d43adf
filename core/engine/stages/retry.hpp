// The built-in stage `retry`: delivers a batch again after a transient fault, with growing waits.
#pragma once

#include "engine/stages/stage.hpp"
#include "engine/telemetry/host_services.hpp"

#include <sentinel/component.hpp>

#include <chrono>
#include <cstdint>

namespace sentinel::stages {

enum class Jitter { kFull, kNone };
struct RetryOptions {
  std::int64_t max_attempts = 5;
  std::chrono::milliseconds initial{200};
  std::chrono::milliseconds max{30000};
  Jitter jitter = Jitter::kFull;
};
inline constexpr auto kRetryOptions = options<RetryOptions>(
    option("max_attempts", &RetryOptions::max_attempts,
           "How many times a batch is delivered, at most, after a deadlock or lock wait.")
        .min(1)
        .max(100),
    option("initial", &RetryOptions::initial, "The first wait; it doubles with each attempt.").min(1).max(3600000),
    option("max", &RetryOptions::max, "The longest wait.").min(1).max(3600000),
    option("jitter", &RetryOptions::jitter, "full: a random part of the wait; none: the whole wait.")
        .choices("full", "none"));

// Errors: kInvalidConfig at an option, as "must be RULE; CURE": who reads the file adds place and value.
Status check_retry(const RetryOptions& options);

// The wait before attempt number `attempt` + 1 (attempts count from 1): initial * 2^(attempt-1), at most max, jittered.
std::chrono::milliseconds backoff(const RetryOptions& options, std::int64_t attempt, telemetry::HostServices& services);

// Handles Code::kTransient: the database asks to deliver the whole batch again.
class Retry final : public AroundDelivery {
 public:
  Retry(const RetryOptions& options, telemetry::HostServices& services) : options_(options), services_(services) {}
  // After max_attempts the fault itself, with their number; kCancelled where a stop cut the wait short.
  std::optional<Status> after_failure(const Status& fault) override;
  void after_success() override { attempts_ = 0; }

 private:
  const RetryOptions options_;
  telemetry::HostServices& services_;
  std::int64_t attempts_ = 0;
};

}  // namespace sentinel::stages
