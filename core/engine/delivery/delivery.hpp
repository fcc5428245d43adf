// Delivers prepared batches, each exactly once: the protocol of docs/concepts/delivery.md, which delivery.cpp follows
// step by step.
#pragma once

#include "engine/delivery/accounting.hpp"
#include "engine/delivery/workplace.hpp"
#include "engine/stages/built_in_stages.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sentinel::engine {

class Delivery {
 public:
  // All borrowed. A run delivers on lane 0, a replay on a lane of its own.
  Delivery(Workplace place, Accounting& accounting, stages::CommitStages& stages)
      : place_(place), accounting_(accounting), stages_(stages) {}

  // Takes the lane (level 2), or the local checkpoint of a run (level 1). Errors: kFenced; those of the sink.
  Status resume(const ResumeRequest& request);
  const std::string& cursor() const { return lane_.cursor; }  // after the last batch that was delivered

  // Delivers one batch exactly once (level 2) or at least once (level 1): delivers again after transient faults and
  // outages, resolves unknown outcomes. On any error the batch is not in the target, except kUnknownOutcome, which the
  // next start resolves; is_breaker_open() is true of the fault where the circuit breaker opened. `letters`: those that
  // a replay claims, one per arriving row.
  Status deliver(PreparedBatch& batch, std::span<const std::string_view> letters = {});
  // Renews the heartbeat of the lane, which keeps other machines from taking it over. REQUIRES: no batch is under way.
  Status heartbeat();

  const Balance& total() const { return total_; }
  std::uint64_t new_letters() const { return new_letters_; }

 private:
  Status attempt(const PreparedBatch& batch, std::span<const std::string_view> letters,
                 plugins::WriteProgress& progress);
  Result<plugins::WrittenBatch> write(const PreparedBatch& batch, const Claim& claim, plugins::WriteProgress& progress);
  Status commit(const PreparedBatch& batch, const Account& account, Claim claim);
  Status conclude(const PreparedBatch& batch, const Account& account, const stages::CommittingBatch& committed);
  void pass_fail_point(std::string_view step) const;

  Workplace place_;
  Accounting& accounting_;
  stages::CommitStages& stages_;
  Lane lane_;
  bool is_replay_ = false;
  Balance total_;
  std::uint64_t new_letters_ = 0;
};

// The name under which the store keeps level 1 checkpoints.
std::string checkpoint_name(const std::string& source_id);

}  // namespace sentinel::engine
