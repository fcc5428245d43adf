// Turns what a plugin says of its errors into a Status that may be logged and stored.
#include "engine/plugins/open_stage.hpp"

#include <sentinel/text.hpp>

namespace sentinel::plugins {

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
