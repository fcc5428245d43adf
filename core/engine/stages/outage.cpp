// Waits with growing pauses until the service answers or the time limit is reached.
#include "engine/stages/outage.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::stages {

using std::chrono::milliseconds;

namespace {
constexpr std::int64_t kLogEveryMs = 60000;
}

std::optional<Status> Outage::after_failure(const Status& fault) {
  if (fault.code() != Code::kUnavailable && fault.code() != Code::kThrottled) return std::nullopt;
  return wait(fault);
}

Status Outage::wait(const Status& fault) {
  const auto now = services_.clock().steady_ms();
  if (!began_ms_) {
    began_ms_ = now;
    attempt_ = 0;
  }
  const auto left = *began_ms_ + patience_.count() - now;
  if (left <= 0) {
    auto status = fault;
    if (patience_.count() > 0)
      status = std::move(status).prefixed(fmt::format("gave up after {}: ", detail::duration_text(patience_.count())));
    return status;
  }
  auto pause = stages::backoff(backoff_, ++attempt_, services_);
  if (attempt_ == 1 || now - logged_ms_ >= kLogEveryMs) {
    logged_ms_ = now;
    services_.log().warn(
        fmt::format("{}; waiting up to {}{}", fault.message(), detail::duration_text(patience_.count()),
                    attempt_ == 1 ? "" : fmt::format(", {} s of it are over", (now - *began_ms_) / 1000)));
  }
  constexpr milliseconds kLongestRequest{3600000};
  if (fault.retry_after()) pause = std::max(pause, std::min(*fault.retry_after(), kLongestRequest));
  // The last probe comes when patience ends, not after it.
  if (services_.clock().wait_until(now + std::min(pause.count(), left), stop_))
    return {Code::kCancelled, "stopped while waiting"};
  return {};
}

void Outage::over() {
  if (!began_ms_) return;
  const auto waited_ms = services_.clock().steady_ms() - *began_ms_;
  if (waited_ms >= 1000) services_.log().info(fmt::format("back after {} s; going on", waited_ms / 1000));
  began_ms_.reset();
}

}  // namespace sentinel::stages
