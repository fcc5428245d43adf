// Computes the next start from the first one, so that starts do not drift.
#include "engine/run/schedule.hpp"

#include <algorithm>

namespace sentinel::engine {

std::optional<std::int64_t> Schedule::wait() {
  const auto late_ms = std::max<std::int64_t>(clock_.steady_ms() - (start_ms_ + every_ms_), 0);
  const auto skipped = (late_ms + every_ms_ - 1) / every_ms_;
  start_ms_ += (skipped + 1) * every_ms_;
  if (clock_.wait_until(start_ms_, stop_)) return std::nullopt;
  return skipped;
}

}  // namespace sentinel::engine
