// Lands records that were fetched by key, by the protocol of every delivery: lanes, ledger, letters, balance. Where the
// pipeline reads on does not change.
#pragma once

#include "engine/pipeline/chain.hpp"
#include "engine/pipeline/known_letters.hpp"
#include "engine/pipeline/protocol.hpp"
#include "engine/pipeline/run.hpp"

#include <filesystem>
#include <functional>
#include <optional>

namespace sentinel::pipeline {

// All borrowed. REQUIRES: the sink is bound to `schema`, the pipeline's run lock is held.
struct Redelivery {
  Workplace place;
  plugins::Registry& registry;
  const std::filesystem::path& state_folder;
  KnownLetters& known;
  const Schema& schema;
};

// Delivers what `next` gives until it gives nothing. Errors: those of Delivery; kInternal where too many of the records
// are refused. `report` says what was done, also where it ended early. REQUIRES: report.run_id is set.
Status redeliver(const Redelivery& what, const std::function<Result<std::optional<PreparedBatch>>()>& next,
                 RunReport& report);

}  // namespace sentinel::pipeline
