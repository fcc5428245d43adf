// Lands records that were fetched by key, by the protocol of every delivery: lanes, ledger, letters, balance. The
// checkpoint of the pipeline does not change.
#pragma once

#include "engine/delivery/known_letters.hpp"
#include "engine/delivery/report.hpp"
#include "engine/delivery/workplace.hpp"
#include "engine/flow/chain.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace sentinel::engine {

// All borrowed. REQUIRES: the sink is bound to `schema`, the pipeline's run lock is held.
struct Redelivery {
  Workplace place;
  plugins::Registry& registry;
  const std::filesystem::path& state_folder;
  KnownLetters& known;
  const Schema& schema;
};

// Delivers what `next` gives until it gives nothing. Errors: those of Delivery; the circuit breaker's. `report` says
// what was done, also where it ended early. REQUIRES: report.run_id is set.
Status redeliver(const Redelivery& what, const std::function<Result<std::optional<PreparedBatch>>()>& next,
                 DeliveryReport& report);

}  // namespace sentinel::engine
