// The built-in stage `dead_letter`: keeps every rejected record with its reason until its record lands or a person
// discards it.
#pragma once

#include "engine/stages/stage.hpp"
#include "engine/store/store.hpp"

#include <sentinel/component.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace sentinel::stages {

struct DeadLetterOptions {
  std::int64_t quarantine_after = 5;
  std::chrono::milliseconds retention{0};  // 0: for ever
  std::int64_t max_letters = 0;            // 0: no limit
};
inline constexpr auto kDeadLetterOptions = options<DeadLetterOptions>(
    option("quarantine_after", &DeadLetterOptions::quarantine_after,
           "After how many failed attempts a letter waits for a person.")
        .min(1)
        .max(1000),
    option("retention", &DeadLetterOptions::retention,
           "How long closed letters keep their record; 0s keeps it for ever. Open ones always do.")
        .min(0)
        .max(36500LL * 24 * 3600000),
    option("max_letters", &DeadLetterOptions::max_letters,
           "More open letters than this stop the run before its batch is committed; 0: no limit.")
        .min(0)
        .max(1000000000));

// Letters are stored durably as pending before the batch is committed, and confirmed after it: no record can be
// lost between the two, and `recover` sees no letter whose batch was rolled back.
class DeadLetter final : public AtCommit {
 public:
  DeadLetter(const DeadLetterOptions& options, store::Store& store, std::string pipeline)
      : options_(options), store_(store), pipeline_(std::move(pipeline)) {}

  // Errors: kStorage where the letters cannot be stored, or would be more than max_letters.
  Status before_commit(const CommittingBatch& batch) override;
  // Confirms the letters of the batch, and closes those that it settles.
  Status after_commit(const CommittingBatch& batch) override;
  Status after_rollback(const CommittingBatch& batch) override;

  // How long after its failed attempt number `attempts` (at least 1) a letter is due again, in Unix ms.
  static std::int64_t next_attempt_ms(std::int64_t now_unix_ms, std::int64_t attempts);
  bool is_quarantined_after(std::int64_t attempts) const { return attempts >= options_.quarantine_after; }
  // Removes the records of letters that were closed longer ago than `retention`.
  Result<store::Pruned> prune(std::int64_t now_unix_ms);

 private:
  Status check_room(const CommittingBatch& batch);

  const DeadLetterOptions options_;
  store::Store& store_;
  const std::string pipeline_;
};

}  // namespace sentinel::stages
