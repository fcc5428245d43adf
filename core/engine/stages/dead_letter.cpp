// Stores letters before the commit, confirms them after it, and drops them after a rollback.
#include "engine/stages/dead_letter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sentinel::stages {

Status DeadLetter::before_commit(const CommittingBatch& batch) {
  if (batch.letters.empty()) return {};
  SENTINEL_TRY(check_room(batch));
  return store_.add_pending(batch.delivery_id, batch.letters);
}

// Letters are never dropped to make room: the batch that would be too much is not committed.
Status DeadLetter::check_room(const CommittingBatch& batch) {
  const auto limit = options_.max_letters;
  if (limit == 0 || batch.new_rejects == 0) return {};
  SENTINEL_ASSIGN(const auto open, store_.count_open(pipeline_));
  if (open + static_cast<std::int64_t>(batch.new_rejects) <= limit) return {};
  return {Code::kStorage,
          fmt::format("{} dead letters are open and this batch would add {}, more than dead_letter.max_letters {}; the "
                      "batch is rolled back and nothing is lost: correct the source or the rule, close letters with "
                      "\"sentinel dlq retry {}\" or \"sentinel dlq discard\", or raise max_letters, and run again",
                      open, batch.new_rejects, limit, pipeline_)};
}

Status DeadLetter::after_commit(const CommittingBatch& batch) {
  if (!batch.letters.empty()) SENTINEL_TRY(store_.confirm(batch.delivery_id));
  if (batch.superseded.empty()) return {};
  return store_.close(batch.superseded, store::LetterStatus::kSuperseded, batch.superseded_reason);
}

Status DeadLetter::after_rollback(const CommittingBatch& batch) {
  return batch.letters.empty() ? Status() : store_.drop(batch.delivery_id);
}

// 1 m after the first failed attempt, then 5 m, 30 m, 2 h, and every 12 h.
std::int64_t DeadLetter::next_attempt_ms(std::int64_t now_unix_ms, std::int64_t attempts) {
  constexpr std::array<std::int64_t, 5> kWaits = {60000, 300000, 1800000, 7200000, 43200000};
  return now_unix_ms + kWaits[std::min<std::size_t>(static_cast<std::size_t>(attempts - 1), kWaits.size() - 1)];
}

Result<store::Pruned> DeadLetter::prune(std::int64_t now_unix_ms) {
  if (options_.retention.count() == 0) return store::Pruned{};
  return store_.prune(pipeline_, now_unix_ms - options_.retention.count());
}

}  // namespace sentinel::stages
