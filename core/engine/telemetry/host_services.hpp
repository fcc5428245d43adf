// The services that plugins get: made from the engine's clock, stop signal and log.
#pragma once

#include "engine/telemetry/clock.hpp"
#include "engine/telemetry/log.hpp"

#include <sentinel/abi.h>

#include <map>
#include <mutex>
#include <random>
#include <string>

namespace sentinel::telemetry {

// Must outlive every stage opened with it. Any thread.
class HostServices {
 public:
  // REQUIRES: clock, stop and log outlive this object.
  HostServices(Clock& clock, StopSignal& stop, Log& log, std::uint64_t seed);
  HostServices(const HostServices&) = delete;
  HostServices& operator=(const HostServices&) = delete;

  const sentinel_host& host() const { return host_; }
  Clock& clock() { return clock_; }
  StopSignal& stop() { return stop_; }
  Log& log() { return log_; }
  std::uint64_t random();
  std::string random_hex(int digits);
  std::map<std::string, std::int64_t> counters() const;

 private:
  Clock& clock_;
  StopSignal& stop_;
  Log& log_;
  mutable std::mutex mutex_;
  std::mt19937_64 generator_;
  std::map<std::string, std::int64_t> counters_;
  sentinel_host host_{};
};

}  // namespace sentinel::telemetry
