// The host's services for one test: keeps what is logged; the clock moves only when somebody waits.
#pragma once

#include <sentinel/host.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::support {

class TestHost {
 public:
  TestHost() {
    c_.struct_size = sizeof c_;
    c_.abi_version = SENTINEL_ABI_VERSION;
    c_.context = this;
    c_.log = [](void* self, std::int32_t, sentinel_text text, const sentinel_log_field* fields,
                std::uint64_t count) noexcept {
      auto line = std::string(from_text(text));
      for (std::uint64_t i = 0; i < count; ++i)
        line += " " + std::string(from_text(fields[i].name)) + "=" + std::string(from_text(fields[i].value));
      static_cast<TestHost*>(self)->lines.push_back(std::move(line));
    };
    c_.stop_requested = [](void* self) noexcept { return static_cast<TestHost*>(self)->stop ? 1 : 0; };
    c_.count = [](void*, sentinel_text, std::int64_t) noexcept {};
    c_.steady_ms = [](void* self) noexcept { return static_cast<TestHost*>(self)->now_ms; };
    c_.now_unix_ms = c_.steady_ms;
    c_.sleep_until = [](void* self, std::int64_t until) noexcept -> std::int32_t {
      auto& host = *static_cast<TestHost*>(self);
      if (host.stop) return 1;
      if (host.on_wait) host.on_wait(until - host.now_ms);
      host.now_ms = until;
      return 0;
    };
  }
  std::int64_t now_ms = 0;
  bool stop = false;
  std::function<void(std::int64_t ms)> on_wait;
  std::vector<std::string> lines;
  Host host{&c_};

 private:
  sentinel_host c_{};
};

}  // namespace sentinel::support
