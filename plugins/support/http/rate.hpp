// Keeps the request rate under a service's limit, so that it never has to refuse a request.
#pragma once

#include "support/http/answer.hpp"

#include <sentinel/host.hpp>

#include <cstdint>
#include <deque>

namespace sentinel::support::http {

// At most `per_minute` requests in any 60 seconds, whatever window the service uses: a request waits until the one
// `per_minute` before it is a minute old. Time comes from the host, so that tests do not wait.
class RateLimit {
 public:
  RateLimit(std::int64_t per_minute, Host& host) : per_minute_(per_minute), host_(host) {}
  // Waits until the next request may be sent. Errors: kCancelled if a stop comes first.
  Status wait();
  // Applies the limit that the service reports (X-RateLimit-Limit), if it is lower. A remaining budget of zero delays
  // the next request for as long as the service asks, or for a whole minute.
  void learn(const Answer& answer);

 private:
  // A little more than a minute: the service counts arrivals, and some requests travel faster than others.
  static constexpr std::int64_t kWindowMs = 61'000;
  std::int64_t per_minute_;
  Host& host_;
  std::deque<std::int64_t> sent_ms_;  // of the last per_minute_ requests
  std::int64_t not_before_ms_ = 0;
};

}  // namespace sentinel::support::http
