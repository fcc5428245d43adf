// Delivers prepared batches: write, dead letters, commit, and the answer to a lost reply. The protocol of
// docs/concepts/delivery.md.
#pragma once

#include "engine/delivery/account.hpp"
#include "engine/delivery/protocol.hpp"
#include "engine/plugins/sink_stage.hpp"
#include "engine/stages/circuit_breaker.hpp"
#include "engine/store/store.hpp"

#include <string>

namespace sentinel::engine {

class Delivery {
 public:
  Delivery(Workplace place, Accountant& accountant, KnownLetters& known, Breaker& breaker)
      : place_(place), accountant_(accountant), known_(known), breaker_(breaker), attempts_(place) {}

  // Takes the lanes (level 2) or the local checkpoint (level 1). Errors: kFenced; those of the sink.
  Status resume(const ResumeRequest& request);
  const std::string& cursor() const { return lane_.cursor; }  // behind the last batch that was delivered

  enum class Answer { kDelivered, kBreakerOpened };
  // Delivers one batch exactly once (level 2) or at least once (level 1): tries again after transient faults and
  // outages, resolves unknown outcomes. On any error the batch is not in the target, except kUnknownOutcome, which the
  // next start resolves. Records whose edit landed leave the batch.
  Result<Answer> deliver(PreparedBatch& batch);
  Status heartbeat();

  const Balance& total() const { return total_; }
  // After kBreakerOpened: the most frequent reason of the batch that opened it, in words.
  const std::string& breaker_reason() const { return breaker_reason_; }
  std::uint64_t new_letters() const { return new_letters_; }

 private:
  Result<Answer> try_once(const PreparedBatch& batch);
  Status check_room(const Account& account);
  Status commit(const PreparedBatch& batch, const Account& account, const Claim& claim);
  Status conclude(const PreparedBatch& batch, const Account& account, const std::string& delivery);

  Workplace place_;
  Accountant& accountant_;
  KnownLetters& known_;
  Breaker& breaker_;
  Attempts attempts_;
  Lane lane_;
  Balance total_;
  std::uint64_t new_letters_ = 0;
  std::string breaker_reason_;
};

// The name under which level 1 checkpoints stand in the store.
std::string checkpoint_name(const std::string& source_id);

}  // namespace sentinel::engine
