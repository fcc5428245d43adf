// Implements the C calls that give plugins clock, log, counters and randomness.
#include "engine/telemetry/host_services.hpp"

#include <sentinel/boundary.hpp>

#include <fmt/format.h>

namespace sentinel::telemetry {
namespace {

HostServices& at(void* context) { return *static_cast<HostServices*>(context); }

void log_line(void* context, std::int32_t level, sentinel_text text, const sentinel_log_field* fields,
              std::uint64_t count) noexcept {
  fenced(nullptr, [&]() -> Status {
    std::string line(from_text(text));
    for (std::uint64_t i = 0; i < count; ++i)
      line += fmt::format(" {}={}", from_text(fields[i].name), from_text(fields[i].value));
    at(context).log().write(static_cast<LogLevel>(level), line);
    return {};
  });
}

}  // namespace

HostServices::HostServices(Clock& clock, StopSignal& stop, Log& log, std::uint64_t seed)
    : clock_(clock), stop_(stop), log_(log), generator_(seed) {
  host_.struct_size = sizeof host_;
  host_.abi_version = SENTINEL_ABI_VERSION;
  host_.context = this;
  host_.log = log_line;
  host_.stop_requested = [](void* context) noexcept -> std::int32_t { return at(context).stop().requested() ? 1 : 0; };
  host_.sleep_until = [](void* context, std::int64_t steady_ms) noexcept -> std::int32_t {
    return at(context).clock().wait_until(steady_ms, at(context).stop()) ? 1 : 0;
  };
  host_.now_unix_ms = [](void* context) noexcept { return at(context).clock().now_unix_ms(); };
  host_.steady_ms = [](void* context) noexcept { return at(context).clock().steady_ms(); };
  host_.random = [](void* context) noexcept { return at(context).random(); };
  host_.count = [](void* context, sentinel_text name, std::int64_t delta) noexcept {
    fenced(nullptr, [&]() -> Status {
      auto& self = at(context);
      const std::lock_guard lock(self.mutex_);
      self.counters_[std::string(from_text(name))] += delta;
      return {};
    });
  };
}

std::uint64_t HostServices::random() {
  const std::lock_guard lock(mutex_);
  return generator_();
}

std::string HostServices::random_hex(int digits) {
  std::string text;
  while (text.size() < static_cast<std::size_t>(digits)) text += fmt::format("{:016x}", random());
  text.resize(static_cast<std::size_t>(digits));
  return text;
}

std::map<std::string, std::int64_t> HostServices::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace sentinel::telemetry
