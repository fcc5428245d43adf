// Marks or removes the rows of departing records, inside the transaction of their batch.
#pragma once

#include "engine/delivery/workplace.hpp"
#include "engine/flow/prepared_batch.hpp"

namespace sentinel::engine {

// Call after the write of the same batch. Fills written.departing: kDeparted where the row was there, kFiltered where
// there was nothing to do, kSuperseded where the same key arrives later in the batch. Errors: those of the sink.
Status apply_departures(const Workplace& place, const PreparedBatch& batch, const Schema& sink_schema,
                        plugins::WrittenBatch& written);

}  // namespace sentinel::engine
