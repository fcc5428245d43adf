// When the next turn is.
#include "engine/run/schedule.hpp"

#include <algorithm>

namespace sentinel::engine {

std::optional<std::int64_t> Schedule::wait() {
  const auto late_ms = std::max<std::int64_t>(clock_.steady_ms() - (turn_ms_ + every_ms_), 0);
  const auto skipped = (late_ms + every_ms_ - 1) / every_ms_;
  turn_ms_ += (skipped + 1) * every_ms_;
  if (clock_.wait_until(turn_ms_, stop_)) return std::nullopt;
  return skipped;
}

}  // namespace sentinel::engine
