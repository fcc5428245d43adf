// The result of delivering batches: the part of a report that a run and a repair share.
#pragma once

#include "engine/delivery/balance.hpp"

#include <sentinel/status.hpp>

#include <cstdint>
#include <string>

namespace sentinel::engine {

struct DeliveryReport {
  std::string run_id, pipeline, source_id;
  int exit_code = 0;
  Status fault;  // ok where everything was delivered
  Balance balance;
  int exponent = 2;
  std::int64_t started_unix_ms = 0, elapsed_ms = 0;
  std::uint64_t new_letters = 0;
};

}  // namespace sentinel::engine
