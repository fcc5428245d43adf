// The host's services: log, clock, timers, randomness, counters, and the wish to stop. A plugin takes them from nowhere
// else, so that a test can inject them.
#pragma once

#include <sentinel/boundary.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace sentinel {

enum class LogLevel : std::int32_t {
  kDebug = SENTINEL_LOG_DEBUG,
  kInfo = SENTINEL_LOG_INFO,
  kWarning = SENTINEL_LOG_WARNING,
  kError = SENTINEL_LOG_ERROR,
};

// Borrowed by every plugin instance from open to close. Any thread.
class Host {
 public:
  explicit Host(const sentinel_host* host) : host_(host) {}

  // `text` says it in one line; values go into `fields`. Never a secret, never a record's content.
  void log(LogLevel level, std::string_view text,
           std::initializer_list<std::pair<std::string_view, std::string_view>> fields = {}) const {
    std::vector<sentinel_log_field> list;
    for (const auto& [name, value] : fields) list.push_back({to_text(name), to_text(value)});
    host_->log(host_->context, static_cast<std::int32_t>(level), to_text(text), list.data(), list.size());
  }
  // True once somebody asked the program to stop: finish the call at hand soon, with kCancelled if nothing is done.
  bool stop_requested() const { return host_->stop_requested(host_->context) != 0; }
  // Waits; false if woken early because of a stop.
  bool sleep_for(std::chrono::milliseconds wait) const {
    return host_->sleep_until(host_->context, steady_ms() + wait.count()) == 0;
  }
  std::int64_t now_unix_ms() const { return host_->now_unix_ms(host_->context); }  // wall clock, UTC
  std::int64_t steady_ms() const { return host_->steady_ms(host_->context); }      // never steps back
  std::uint64_t random() const { return host_->random(host_->context); }
  void count(std::string_view name, std::int64_t delta = 1) const {
    host_->count(host_->context, to_text(name), delta);
  }

 private:
  const sentinel_host* host_;
};

}  // namespace sentinel
