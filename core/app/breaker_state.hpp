// What `breaker show` and `breaker reset` share: the pipeline with its store, and the state as text and JSON.
#pragma once

#include "app/command.hpp"
#include "engine/stages/circuit_breaker.hpp"
#include "engine/store/store.hpp"

#include <memory>
#include <optional>
#include <string>

namespace sentinel::app {

struct BreakerSubject {
  config::PipelineFile file;
  std::unique_ptr<store::Store> store;
};

// Errors: kInvalidConfig where the file has errors or no pipeline of this name has run; kStorage.
Result<BreakerSubject> breaker_subject(Context& context, const std::string& file_or_pipeline);
// `open`: nothing where the circuit breaker is closed.
void print_breaker(const Arguments& arguments, const config::PipelineFile& file,
                   const std::optional<stages::CircuitBreaker::Saved>& open);

}  // namespace sentinel::app
