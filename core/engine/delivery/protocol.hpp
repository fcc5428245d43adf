// The parts of the delivery protocol that a run and a replay share: trying again, and committing with three outcomes.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/flow/chain.hpp"
#include "engine/plugins/sink_stage.hpp"
#include "engine/stages/outage.hpp"
#include "engine/store/store.hpp"

namespace sentinel::engine {

// What every step of a run needs; all borrowed for the length of the run.
struct Workplace {
  const config::PipelineFile& file;
  plugins::SinkStage& sink;
  store::Store& store;
  telemetry::HostServices& services;
};

// Decides after a fault whether to try again, and waits before it: transient faults quickly and `retry.max_attempts`
// times, services that are gone or overloaded for as long as `outage.wait`.
class Attempts {
 public:
  explicit Attempts(Workplace place) : Attempts(place, place.file.outage.wait) {}
  Attempts(Workplace place, std::chrono::milliseconds patience)
      : place_(place), outage_(patience, place.file.retry, place.services, place.services.stop()) {}
  // Ok: try again. Else the fault to end with.
  Status pause(const Status& fault);
  void succeeded();

 private:
  Workplace place_;
  Outage outage_;
  std::int64_t transient_ = 0;
};

// Marks or removes the rows of the batch's leaving records, inside the transaction of the write before. Fills
// written.leaving: kDeparted where the row was there, kFiltered where there was nothing to do, kSuperseded where the
// same key arrives later in the batch.
Status apply_departures(const Workplace& place, const PreparedBatch& batch, const Schema& sink_schema,
                        plugins::WrittenBatch& written);

// Rolls the sink back and answers `fault`.
Status roll_back(const Workplace& place, Status fault);

// Commits at level 2. Ok: committed, whatever became of the reply. kTransient: it did not happen, write the batch
// again. kUnknownOutcome: nobody could be asked; the ledger will tell the next run. Any other: not committed.
Status commit_and_resolve(const Workplace& place, const Seal& seal);

}  // namespace sentinel::engine
