// Keeps requests under a service's limit, so that it never has to refuse one.
#pragma once

#include "support/http/answer.hpp"

#include <sentinel/host.hpp>

#include <cstdint>
#include <deque>

namespace sentinel::support::http {

// At most `per_minute` requests in any 60 seconds, whatever window the service counts in: a request waits until the
// one `per_minute` before it is a minute old. Time comes from the host, so that tests need no patience.
class RateLimit {
 public:
  RateLimit(std::int64_t per_minute, Host& host) : per_minute_(per_minute), host_(host) {}
  // Waits for the next request's turn. Errors: kCancelled where a stop came first.
  Status wait();
  // Takes in what the service says of its own limit (X-RateLimit-Limit): a smaller one is kept from now on. A remaining
  // budget of zero holds the next request back for as long as the service asks, or for a whole minute.
  void learn(const Answer& answer);

 private:
  // A little more than a minute: what counts is when requests arrive, and some travel faster than others.
  static constexpr std::int64_t kWindowMs = 61'000;
  std::int64_t per_minute_;
  Host& host_;
  std::deque<std::int64_t> sent_ms_;  // of the last per_minute_ requests
  std::int64_t not_before_ms_ = 0;
};

}  // namespace sentinel::support::http
