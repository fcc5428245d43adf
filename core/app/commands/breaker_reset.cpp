// sentinel breaker reset: closes the circuit breaker by hand.
#include "app/breaker_state.hpp"
#include "app/command.hpp"
#include "engine/exit_code.hpp"

namespace sentinel::app {
namespace {

int reset_breaker(Context& context, const Arguments& arguments) {
  const auto subject = breaker_subject(context, arguments.positionals().front());
  if (!subject) return complain(subject.error());
  if (auto status = stages::CircuitBreaker::reset(*subject->store, subject->file.name); !status.ok())
    return complain(status);
  print_breaker(arguments, subject->file, std::nullopt);
  return engine::kExitBalanced;
}

}  // namespace

Command breaker_reset_command() {
  return {.name = "breaker reset",
          .summary = "Close the circuit breaker by hand; the next run reads as if it had never opened.",
          .example = "sentinel breaker reset donations",
          .positionals = {{"FILE|PIPELINE"}},
          .run = reset_breaker};
}

}  // namespace sentinel::app
