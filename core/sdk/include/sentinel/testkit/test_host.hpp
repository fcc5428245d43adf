// The host's services as a test wants them: a clock that moves only when somebody sleeps, chosen numbers, kept log
// lines.
#pragma once

#include <sentinel/abi.h>
#include <sentinel/boundary.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace sentinel::testkit {

// Must outlive every instance that was opened with it. Any thread may call what a plugin calls.
class TestHost {
 public:
  TestHost() {
    host_.struct_size = sizeof host_;
    host_.abi_version = SENTINEL_ABI_VERSION;
    host_.context = this;
    host_.log = log;
    host_.stop_requested = stop_requested;
    host_.sleep_until = sleep_until;
    host_.now_unix_ms = now_unix_ms;
    host_.steady_ms = steady_ms;
    host_.random = random;
    host_.count = [](void*, sentinel_text, std::int64_t) noexcept {};
  }
  TestHost(const TestHost&) = delete;
  TestHost& operator=(const TestHost&) = delete;

  const sentinel_host* get() const { return &host_; }
  // From now on plugins are asked to stop, and no sleep of theirs lasts.
  void request_stop() { stop_ = true; }
  // The same, once a plugin sleeps.
  void request_stop_in_sleep() { stop_in_sleep_ = true; }
  // How many sleeps were cut short by the wish to stop. A plugin that heeds it sleeps no second time.
  int broken_sleeps() const { return broken_sleeps_; }
  void advance(std::int64_t ms) { steady_ += ms; }
  std::int64_t now_ms() const { return steady_; }  // on the steady clock; sleeping moves it
  std::vector<std::string> logged() const {
    const std::lock_guard guard(mutex_);
    return logged_;
  }

 private:
  static constexpr std::int64_t kUnixStart = 1'750'000'000'000;

  static TestHost& at(void* context) { return *static_cast<TestHost*>(context); }
  static void log(void* context, std::int32_t, sentinel_text text, const sentinel_log_field*, std::uint64_t) noexcept {
    auto& self = at(context);
    const std::lock_guard guard(self.mutex_);
    self.logged_.emplace_back(from_text(text));
  }
  static std::int32_t stop_requested(void* context) noexcept { return at(context).stop_ ? 1 : 0; }
  static std::int32_t sleep_until(void* context, std::int64_t until) noexcept {
    auto& self = at(context);
    if (self.stop_in_sleep_) self.stop_ = true;
    if (self.stop_) {
      ++self.broken_sleeps_;
      return 1;
    }
    auto now = self.steady_.load();
    while (now < until && !self.steady_.compare_exchange_weak(now, until)) {
    }
    return 0;
  }
  static std::int64_t now_unix_ms(void* context) noexcept { return kUnixStart + at(context).steady_; }
  static std::int64_t steady_ms(void* context) noexcept { return at(context).steady_; }
  // splitmix64
  static std::uint64_t random(void* context) noexcept {
    auto value = at(context).random_ += 0x9E3779B97F4A7C15u;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
  }

  sentinel_host host_{};
  std::atomic<bool> stop_{false}, stop_in_sleep_{false};
  std::atomic<int> broken_sleeps_{0};
  std::atomic<std::int64_t> steady_{0};
  std::atomic<std::uint64_t> random_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> logged_;
};

}  // namespace sentinel::testkit
