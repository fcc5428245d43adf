// The end of a transaction: rolled back, or committed with one of three outcomes.
#pragma once

#include "engine/delivery/workplace.hpp"

namespace sentinel::engine {

// Rolls the sink back and returns `fault`.
Status roll_back(const Workplace& place, Status fault);

// Commits at level 2. Ok: committed, whatever became of the reply. kTransient: it did not happen, write the batch
// again. kUnknownOutcome: the target could not be asked; the next run reads the ledger. Any other: not committed.
Status commit_and_resolve(const Workplace& place, const Seal& seal);

}  // namespace sentinel::engine
