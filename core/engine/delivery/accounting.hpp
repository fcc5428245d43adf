// Decides how a written batch is recorded in the ledger: one implementation for a run, one for a replay, one for a
// discard.
#pragma once

#include "engine/delivery/balance.hpp"
#include "engine/flow/prepared_batch.hpp"
#include "engine/plugins/sink_stage.hpp"
#include "engine/store/store.hpp"

#include <sentinel/sink.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::engine {

// The outcome of a batch: its lines of the balance, and the letters that it opens and closes.
struct Account {
  Balance balance;
  std::vector<store::StoredLetter> to_store;  // new letters, with payload; and known ones, to note that they were seen
  std::vector<Letter> facts;                  // for the target: new open letters, and those that close
  std::vector<std::string> superseded;        // ids of the letters here that close with this batch
  std::string_view superseded_reason = "a later read took its place";
  std::uint64_t new_records = 0, new_rejects = 0;  // what the circuit breaker evaluates
};

// The line of a record by what the sink made of it. REQUIRES: neither kRejected nor kClosed.
BalanceLine line_of(Outcome outcome);

// Called by the thread that delivers, in this order, once a batch or once an attempt.
class Accounting {
 public:
  virtual ~Accounting() = default;
  virtual const Schema& sink_schema() const = 0;
  // Before the first attempt: takes records out of the batch that must not be written. Errors: kStorage.
  virtual Status prepare(PreparedBatch& batch) = 0;
  // Each attempt, between write and commit. Errors: kInternal where the batch does not balance, in records or in money;
  // kStorage of the letter look-ups.
  virtual Result<Account> settle(const PreparedBatch& batch, const plugins::WrittenBatch& written) = 0;
  // The batch is in the target. Errors: kStorage.
  virtual Status committed(const Account& account) = 0;
};

}  // namespace sentinel::engine
