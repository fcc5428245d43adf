// A sliding window over the last minute's requests.
#include "support/http/rate.hpp"

#include <algorithm>

namespace sentinel::support::http {

Status RateLimit::wait() {
  while (true) {
    const auto now = host_.steady_ms();
    while (std::ssize(sent_ms_) > per_minute_) sent_ms_.pop_front();
    auto turn = not_before_ms_;
    if (std::ssize(sent_ms_) == per_minute_) turn = std::max(turn, sent_ms_.front() + kWindowMs);
    if (now >= turn) {
      sent_ms_.push_back(now);
      return {};
    }
    if (!host_.sleep_for(std::chrono::milliseconds(turn - now))) return {Code::kCancelled, "stopped"};
  }
}

void RateLimit::learn(const Answer& answer) {
  if (const auto limit = answer.number("x-ratelimit-limit"); limit && *limit > 0)
    per_minute_ = std::min(per_minute_, *limit);
  if (answer.number("x-ratelimit-remaining") != 0) return;
  const auto wait = asked_wait(answer);
  not_before_ms_ = host_.steady_ms() + (wait ? wait->count() : kWindowMs);
}

}  // namespace sentinel::support::http
