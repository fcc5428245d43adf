// Compares the letters that the target says are owed with those that the store holds.
#include "engine/letters/reconcile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace sentinel::engine {
namespace {

Result<std::set<std::string>> open_letters(const config::PipelineFile& file, plugins::SinkStage& sink) {
  std::set<std::string> owed;
  SENTINEL_TRY(sink.letters(file.name, [&](std::string_view, const Letter& letter) { owed.insert(letter.letter_id); }));
  return owed;
}

// Letters that are closed here and owed there are reopened and removed from `owed`. A replay beside us may have closed
// some between the two questions, so the target is asked once more.
Status reopen_owed(const config::PipelineFile& file, plugins::SinkStage& sink, store::Store& store, telemetry::Log& log,
                   std::set<std::string>& owed) {
  if (owed.empty()) return {};
  SENTINEL_ASSIGN(const auto still_owed, open_letters(file, sink));
  std::erase_if(owed, [&](const auto& id) { return !still_owed.contains(id); });
  std::vector<std::string> again;
  for (const auto& id : owed)
    if (const auto letter = store.find(id); letter && letter->status != store::LetterStatus::kPending)
      again.push_back(id);
  if (again.empty()) return {};
  log.warn(
      fmt::format("the target owes {} records that were settled here before; it was restored from a backup, or "
                  "another state folder wrote to it: their letters are open again",
                  again.size()));
  for (const auto& id : again) owed.erase(id);
  return store.reopen(again, "owed again by the target");
}

}  // namespace

Status reconcile_letters(const config::PipelineFile& file, plugins::SinkStage& sink, store::Store& store,
                         telemetry::Log& log) {
  if (!sink.is_transactional()) {
    // Level 1 commits nothing: what was written before a crash is read and transformed again.
    SENTINEL_ASSIGN(const auto left_behind, store.unconfirmed(file.name));
    for (const auto& delivery : left_behind) SENTINEL_TRY(store.drop(delivery));
    return {};
  }
  SENTINEL_ASSIGN(auto owed, open_letters(file, sink));

  SENTINEL_ASSIGN(const auto left_behind, store.unconfirmed(file.name));
  for (const auto& delivery : left_behind) {
    SENTINEL_ASSIGN(const auto letters, store.pending_of(delivery));
    // One delivery is committed whole or not at all; letters of it may have been closed there since.
    const bool is_fact =
        std::ranges::any_of(letters, [&](const auto& letter) { return owed.contains(letter.letter_id); });
    SENTINEL_TRY(is_fact ? store.confirm(delivery) : store.drop(delivery));
  }

  store::LetterFilter open;
  open.pipeline = file.name;
  SENTINEL_ASSIGN(const auto held, store.list(open));
  std::vector<std::string> closed_there;
  for (const auto& letter : held)
    if (owed.erase(letter.letter_id) == 0) closed_there.push_back(letter.letter_id);
  if (!closed_there.empty())
    SENTINEL_TRY(store.close(closed_there, store::LetterStatus::kSuperseded, "closed in the target"));
  SENTINEL_TRY(reopen_owed(file, sink, store, log, owed));
  if (owed.empty()) return {};
  log.warn(fmt::format("{} open dead letters have no payload here", owed.size()));
  return Status(Code::kStorage,
                fmt::format("the target says that letter {} of {} is owed, but its payload is not in this state "
                            "folder; run with the state folder that made it (SENTINEL_STATE_DIR), restore sentinel.db "
                            "from its backup, fetch the record again with \"sentinel dlq rebuild {}\", or discard the "
                            "letter with \"sentinel dlq discard {} {}\"",
                            *owed.begin(), file.name, file.path, file.path, *owed.begin()))
      .native("store", std::string(kNoPayload));
}

}  // namespace sentinel::engine
