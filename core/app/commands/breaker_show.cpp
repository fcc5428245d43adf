// sentinel breaker show: shows whether the circuit breaker of a pipeline is open.
#include "app/breaker_state.hpp"
#include "app/command.hpp"

namespace sentinel::app {
namespace {

Status show_breaker(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(const auto store, open_store(context));
  SENTINEL_ASSIGN(const auto open, stages::CircuitBreaker::saved(*store, file.name));
  print_breaker(arguments, file, open);
  return {};
}

}  // namespace

Command breaker_show_command() {
  return {.name = "breaker show",
          .summary = "Show whether the circuit breaker is open, since when, and when one batch may probe.",
          .example = "sentinel breaker show donations",
          .positionals = {{"FILE|PIPELINE"}},
          .run = run_status<show_breaker>};
}

}  // namespace sentinel::app
