// Turns the errors of a plugin into a Status that may be logged and stored.
#include "engine/plugins/open_stage.hpp"

#include <sentinel/text.hpp>

namespace sentinel::plugins {

StageHost::StageHost(const sentinel_host& host, std::string stage) : host_(host), stage_(std::move(stage)) {
  lent_ = {sizeof lent_,
           host.abi_version,
           this,
           [](void* self, std::int32_t level, sentinel_text text, const sentinel_log_field* fields,
              std::uint64_t count) noexcept { host_of(self).log(host_of(self).context, level, text, fields, count); },
           [](void* self) noexcept { return host_of(self).stop_requested(host_of(self).context); },
           [](void* self, std::int64_t steady_ms) noexcept {
             return host_of(self).sleep_until(host_of(self).context, steady_ms);
           },
           [](void* self) noexcept { return host_of(self).now_unix_ms(host_of(self).context); },
           [](void* self) noexcept { return host_of(self).steady_ms(host_of(self).context); },
           [](void* self) noexcept { return host_of(self).random(host_of(self).context); },
           [](void* self, sentinel_text name, std::int64_t delta) noexcept {
             fenced(nullptr, [&]() -> Status {
               const auto& stage = *static_cast<const StageHost*>(self);
               const auto counter = stage.stage_ + "." + as_utf8(from_text(name));
               stage.host_.count(stage.host_.context, to_text(counter), delta);
               return {};
             });
           }};
}

Status reported_error(const sentinel_error* error) {
  if (error == nullptr) return internal_error("gave no reason");
  if (error->struct_size < sizeof(sentinel_error)) return internal_error("gave a truncated reason");
  if (error->code == SENTINEL_OK) return internal_error("gave the code ok as a reason");
  const auto status = from_error(error->code, *error);
  auto shown = Status(status.code(), as_utf8(status.message()))
                   .native(as_utf8(status.domain()), as_utf8(status.native_code()))
                   .at_option(as_utf8(status.option_path()));
  if (status.retry_after()) shown = std::move(shown).retry_after(*status.retry_after());
  return shown;
}

}  // namespace sentinel::plugins
