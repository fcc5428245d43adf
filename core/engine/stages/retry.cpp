// Counts attempts, and computes the backoff between them.
#include "engine/stages/retry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::stages {

using std::chrono::milliseconds;

Status check_retry(const RetryOptions& options) {
  if (options.max >= options.initial) return {};
  // The fault is at the option that is not the default.
  if (options.max == RetryOptions{}.max)
    return invalid_config(fmt::format("must be at most retry.max ({})", detail::duration_text(options.max.count())))
        .at_option("initial");
  return invalid_config(
             fmt::format("must be at least retry.initial ({})", detail::duration_text(options.initial.count())))
      .at_option("max");
}

milliseconds backoff(const RetryOptions& options, std::int64_t attempt, telemetry::HostServices& services) {
  auto wait = options.initial.count();
  for (std::int64_t i = 1; i < attempt && wait < options.max.count(); ++i) wait *= 2;
  wait = std::min(wait, options.max.count());
  if (options.jitter == Jitter::kFull)
    wait = static_cast<std::int64_t>(services.random() % static_cast<std::uint64_t>(wait + 1));
  return milliseconds(wait);
}

std::optional<Status> Retry::after_failure(const Status& fault) {
  if (fault.code() != Code::kTransient) return std::nullopt;
  if (++attempts_ >= options_.max_attempts) {
    auto status = fault;
    return std::move(status).prefixed(fmt::format("tried {} times: ", attempts_));
  }
  auto& clock = services_.clock();
  const auto wait = backoff(options_, attempts_, services_);
  if (clock.wait_until(clock.steady_ms() + wait.count(), services_.stop()))
    return Status(Code::kCancelled, "stopped while waiting");
  return Status();
}

}  // namespace sentinel::stages
