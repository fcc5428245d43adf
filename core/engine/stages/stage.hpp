// The two interfaces of built-in stages: around each delivery of a batch, and at its commit.
//
// They stand on the host's side of the plugin boundary, because they need the open transaction and the store.
// built_in_stages.hpp lists the stages in their order.
#pragma once

#include "engine/store/store.hpp"

#include <sentinel/status.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sentinel::stages {

// Called by the thread that delivers.
class AroundDelivery {
 public:
  virtual ~AroundDelivery() = default;
  // An attempt failed with `fault` and left nothing in the target. Nothing: the fault is not for this stage. Ok: the
  // stage has waited, and the batch is delivered again. Else the fault with which the delivery ends.
  virtual std::optional<Status> after_failure(const Status& fault) = 0;
  // The batch is in the target: the next failure is the first of its kind again.
  virtual void after_success() = 0;
};

// A batch whose rows are written and whose transaction is still open; all borrowed for the call.
struct CommittingBatch {
  std::string_view delivery_id;
  std::uint64_t new_records = 0, new_rejects = 0;  // landed or rejected for the first time; rejected for the first time
  std::span<const store::StoredLetter> letters;    // new ones, and known ones that were seen again
  std::span<const std::string> superseded;         // ids of the letters that this batch closes
  std::string_view superseded_reason;
};

class AtCommit {
 public:
  virtual ~AtCommit() = default;
  // Not ok: the batch is rolled back, and the delivery ends with this fault.
  virtual Status before_commit(const CommittingBatch& batch) = 0;
  // The batch is in the target. Not ok: the state folder could not record it; the batch is not delivered again.
  virtual Status after_commit(const CommittingBatch& batch) = 0;
  // The batch is not in the target, although before_commit() agreed.
  virtual Status after_rollback(const CommittingBatch& batch) = 0;
};

}  // namespace sentinel::stages
