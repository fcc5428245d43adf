// What a stage reports of rows and records beside the batch that it returns.
#pragma once

#include <sentinel/component.hpp>
#include <sentinel/status.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace sentinel::plugins {

struct FilteredRow {
  std::int64_t row = 0;
  std::string reason;
  Departure action = Departure::kKeep;  // what becomes of its row in the target
};
struct RejectedRow {
  std::int64_t row = 0;
  Status why;  // a row fault; any other code from the plugin is turned into kInternal naming it
  std::optional<RejectedAmount> amount = std::nullopt;  // what the transform knows of its money
};
struct RejectedRecord {  // never became a row
  std::string key, position, raw;
  Status why;
  std::optional<RejectedAmount> amount = std::nullopt;
};

}  // namespace sentinel::plugins
