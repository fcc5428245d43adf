// What `breaker show` and `breaker reset` share: the state as text and JSON.
#pragma once

#include "app/command.hpp"
#include "engine/stages/circuit_breaker.hpp"

#include <optional>

namespace sentinel::app {

// `open`: nothing where the circuit breaker is closed.
void print_breaker(const Arguments& arguments, const config::PipelineFile& file,
                   const std::optional<stages::CircuitBreaker::Saved>& open);

}  // namespace sentinel::app
