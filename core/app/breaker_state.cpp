// Reads the saved state of a circuit breaker, and writes it as text and as JSON.
#include "app/breaker_state.hpp"

#include "app/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {

void print_breaker(const Arguments& arguments, const config::PipelineFile& file,
                   const std::optional<stages::CircuitBreaker::Saved>& open) {
  const bool is_changed = open && open->mapping_hash != file.mapping_hash;
  const auto probes =
      open ? telemetry::utc_text(open->opened_unix_ms + file.circuit_breaker.cool_down.count()) : std::string();
  if (arguments.has("json"))
    return print_json({{"pipeline", file.name},
                       {"is_open", open.has_value()},
                       {"opened", open ? Json(telemetry::utc_text(open->opened_unix_ms)) : Json()},
                       {"may_probe_from", open ? Json(probes) : Json()},
                       {"mapping_changed", is_changed}});
  if (!open) return fmt::print("{}: the circuit breaker is closed\n", file.name);
  fmt::print("{}: the circuit breaker has been open since {}; {}\n", file.name,
             telemetry::utc_text(open->opened_unix_ms),
             is_changed ? "the mapping has changed since, so the next run may probe at once"
                        : fmt::format("one batch may probe from {}", probes));
}

}  // namespace sentinel::app
