// sentinel breaker show: whether the circuit breaker lets a pipeline run.
#include "app/breaker_state.hpp"
#include "app/command.hpp"
#include "engine/exit_code.hpp"

namespace sentinel::app {
namespace {

int show_breaker(Context& context, const Arguments& arguments) {
  const auto subject = breaker_subject(context, arguments.positionals().front());
  if (!subject) return complain(subject.error());
  const auto open = stages::CircuitBreaker::saved(*subject->store, subject->file.name);
  if (!open) return complain(open.error());
  print_breaker(arguments, subject->file, *open);
  return engine::kExitBalanced;
}

}  // namespace

Command breaker_show_command() {
  return {.name = "breaker show",
          .summary = "Show whether the circuit breaker is open, since when, and when one batch may probe.",
          .example = "sentinel breaker show donations",
          .positionals = {{"FILE|PIPELINE"}},
          .run = show_breaker};
}

}  // namespace sentinel::app
