// sentinel breaker show, reset: whether the circuit breaker lets a pipeline run, and closing it by hand.
#include "engine/stages/circuit_breaker.hpp"

#include "app/command.hpp"
#include "engine/exit_code.hpp"
#include "engine/store/store.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

struct Subject {
  config::PipelineFile file;
  std::unique_ptr<store::Store> store;
};

Result<Subject> subject_of(Context& context, const std::string& file_or_pipeline) {
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  SENTINEL_ASSIGN(const auto path, file_of(file_or_pipeline, folder, context));
  auto loaded = load(context, path);
  if (!loaded.ok()) return invalid_config(fmt::format("{} has errors", path));
  auto& clock = context.services.clock();
  SENTINEL_ASSIGN(auto store, store::Store::open(folder, [&clock] { return clock.now_unix_ms(); }));
  return Subject{std::move(*loaded.pipeline), std::move(store)};
}

void print_state(const Arguments& arguments, const Subject& subject,
                 const std::optional<stages::CircuitBreaker::Saved>& open) {
  using Json = nlohmann::ordered_json;
  const auto& file = subject.file;
  const bool is_changed = open && open->mapping_hash != file.mapping_hash;
  const auto probes =
      open ? telemetry::utc_text(open->opened_unix_ms + file.circuit_breaker.cool_down.count()) : std::string();
  if (arguments.has("json"))
    return fmt::print("{}\n", Json{{"schema_version", 1},
                                   {"pipeline", file.name},
                                   {"is_open", open.has_value()},
                                   {"opened", open ? Json(telemetry::utc_text(open->opened_unix_ms)) : Json()},
                                   {"may_probe_from", open ? Json(probes) : Json()},
                                   {"mapping_changed", is_changed}}
                                  .dump());
  if (!open) return fmt::print("{}: the circuit breaker is closed\n", file.name);
  fmt::print("{}: the circuit breaker is open since {}; {}\n", file.name, telemetry::utc_text(open->opened_unix_ms),
             is_changed ? "the mapping has changed since, so that the next run may probe at once"
                        : "one batch may probe from " + probes);
}

int show_breaker(Context& context, const Arguments& arguments) {
  const auto subject = subject_of(context, arguments.words().front());
  if (!subject) return complain(subject.error());
  const auto open = stages::CircuitBreaker::saved(*subject->store, subject->file.name);
  if (!open) return complain(open.error());
  print_state(arguments, *subject, *open);
  return engine::kExitBalanced;
}

int reset_breaker(Context& context, const Arguments& arguments) {
  const auto subject = subject_of(context, arguments.words().front());
  if (!subject) return complain(subject.error());
  if (auto status = stages::CircuitBreaker::reset(*subject->store, subject->file.name); !status.ok())
    return complain(status);
  print_state(arguments, *subject, std::nullopt);
  return engine::kExitBalanced;
}

}  // namespace

Command breaker_show_command() {
  return {"breaker show",
          "FILE|PIPELINE",
          "Show whether the circuit breaker is open, since when, and when one batch may probe.",
          "sentinel breaker show donations",
          {},
          1,
          1,
          show_breaker};
}

Command breaker_reset_command() {
  return {"breaker reset",
          "FILE|PIPELINE",
          "Close the circuit breaker by hand; the next run reads as if it had never opened.",
          "sentinel breaker reset donations",
          {},
          1,
          1,
          reset_breaker};
}

}  // namespace sentinel::app
