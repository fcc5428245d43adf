// The machine's clocks, and the stop that interrupts a wait.
#include "engine/telemetry/clock.hpp"

#include <chrono>
#include <ctime>

namespace sentinel::telemetry {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void StopSignal::request(int signal) {
  {
    const std::lock_guard lock(mutex_);
    if (requested_) return;
    requested_ = true;
    signal_ = signal;
  }
  changed_.notify_all();
}

bool StopSignal::requested() const {
  const std::lock_guard lock(mutex_);
  return requested_;
}

int StopSignal::signal() const {
  const std::lock_guard lock(mutex_);
  return signal_;
}

bool StopSignal::wait_until(std::int64_t steady_ms) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, steady_clock::time_point(milliseconds(steady_ms)), [this] { return requested_; });
}

std::int64_t SystemClock::now_unix_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::int64_t SystemClock::steady_ms() {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

std::string utc_text(std::int64_t unix_ms) {
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts));
}

}  // namespace sentinel::telemetry
