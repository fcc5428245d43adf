// sentinel breaker reset: closes the circuit breaker by hand.
#include "app/breaker_state.hpp"
#include "app/command.hpp"

namespace sentinel::app {
namespace {

Status reset_breaker(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(const auto store, open_store(context));
  SENTINEL_TRY(stages::CircuitBreaker::reset(*store, file.name));
  print_breaker(arguments, file, std::nullopt);
  return {};
}

}  // namespace

Command breaker_reset_command() {
  return {.name = "breaker reset",
          .summary = "Close the circuit breaker by hand; the next run reads as if it had never opened.",
          .example = "sentinel breaker reset donations",
          .positionals = {{"FILE|PIPELINE"}},
          .run = run_status<reset_breaker>};
}

}  // namespace sentinel::app
