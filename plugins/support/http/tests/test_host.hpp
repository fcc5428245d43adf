// The host's services with a clock that moves only when somebody waits.
#pragma once

#include <sentinel/host.hpp>

namespace sentinel::support::http {

class TestHost {
 public:
  TestHost() {
    c_.struct_size = sizeof c_;
    c_.abi_version = SENTINEL_ABI_VERSION;
    c_.context = this;
    c_.log = [](void*, std::int32_t, sentinel_text, const sentinel_log_field*, std::uint64_t) noexcept {};
    c_.stop_requested = [](void* self) noexcept { return static_cast<TestHost*>(self)->stop ? 1 : 0; };
    c_.steady_ms = [](void* self) noexcept { return static_cast<TestHost*>(self)->now_ms; };
    c_.now_unix_ms = c_.steady_ms;
    c_.sleep_until = [](void* self, std::int64_t until) noexcept -> std::int32_t {
      auto& host = *static_cast<TestHost*>(self);
      if (host.stop) return 1;
      host.now_ms = until;
      return 0;
    };
  }
  std::int64_t now_ms = 1000;
  bool stop = false;
  Host host{&c_};

 private:
  sentinel_host c_{};
};

}  // namespace sentinel::support::http
