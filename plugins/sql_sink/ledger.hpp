// What is recorded together with the rows: the claim of the lane, the ledger, the facts of dead letters, the runs.
#pragma once

#include "sql_sink/lanes.hpp"

namespace sentinel::sql_sink {

// All of them inside the batch's transaction, except letters_of.

// Claims lane and ledger key. Errors: kFenced if another delivery or another epoch has them.
Status claim_batch(database::Connection& connection, const Holding& holding, const Claim& claim);
// Changes an open letter to recovered; false if it is no longer open.
Result<bool> recover_letter(database::Connection& connection, std::string_view letter_id);
// Records counts, sums, letters and the next cursor.
Status record_seal(database::Connection& connection, const Holding& holding, const Seal& seal);

Status letters_of(database::Connection& connection, const std::string& pipeline,
                  const std::function<void(std::string_view, const Letter&)>& each);

Status start_run(database::Connection& connection, const ResumeRequest& request);
Status end_run(database::Connection& connection, const Holding& holding, const RunSummary& summary);

}  // namespace sentinel::sql_sink
