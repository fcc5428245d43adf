// The engine's time: a wall clock for timestamps, a steady clock for waiting, and a wait that a stop interrupts. Tests
// inject their own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

namespace sentinel::telemetry {

// A request that the program end, and the signal that made it. Any thread.
class StopSignal {
 public:
  // Wakes every wait. The first signal is kept; 0: the program itself asked for the stop.
  void request(int signal);
  bool requested() const;
  int signal() const;  // SIGINT, SIGTERM, or 0
  // Waits until the steady clock shows `steady_ms`; true if a stop came first.
  bool wait_until(std::int64_t steady_ms);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool requested_ = false;
  int signal_ = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_unix_ms() = 0;  // UTC
  virtual std::int64_t steady_ms() = 0;    // never steps back
  // True if a stop came before the time.
  virtual bool wait_until(std::int64_t steady_ms, StopSignal& stop) = 0;
};

// The machine's own clocks.
class SystemClock final : public Clock {
 public:
  std::int64_t now_unix_ms() override;
  std::int64_t steady_ms() override;
  bool wait_until(std::int64_t steady_ms, StopSignal& stop) override { return stop.wait_until(steady_ms); }
};

// "2026-11-22T20:14:03Z"
std::string utc_text(std::int64_t unix_ms);

}  // namespace sentinel::telemetry
