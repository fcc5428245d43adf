// Closes letters in a transaction that writes no rows.
#include "engine/letters/discard.hpp"

#include "engine/delivery/identity.hpp"
#include "engine/letters/replay_lane.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

namespace sentinel::engine {
namespace {

constexpr std::size_t kLettersAtOnce = 500;

// Every letter of the batch is discarded.
class DiscardAccounting final : public LetterAccounting {
 public:
  void begin(std::span<const std::string> letter_ids) { letter_ids_ = letter_ids; }
  Result<Account> settle(const PreparedBatch&, const plugins::WrittenBatch&) override {
    Account account;
    for (const auto& id : letter_ids_) {
      auto& letter = account.facts.emplace_back();
      letter.letter_id = id;
      letter.state = LetterState::kDiscarded;
    }
    return account;
  }
  Status committed(const Account&) override { return {}; }

 private:
  std::span<const std::string> letter_ids_;
};

Status must_be_open(const config::PipelineFile& file, ReplayLane& lane, std::span<const std::string> letter_ids) {
  std::set<std::string> owed;
  if (lane.sink().is_transactional())
    SENTINEL_TRY(
        lane.sink().letters(file.name, [&](std::string_view, const Letter& letter) { owed.insert(letter.letter_id); }));
  for (const auto& id : letter_ids) {
    const auto letter = lane.store().find(id);
    const bool is_open = lane.sink().is_transactional() ? owed.contains(id) : letter && store::is_open(letter->status);
    if (is_open) continue;
    return invalid_config(letter ? fmt::format("letter {} is {}, not open", id, to_string(letter->status))
                                 : fmt::format("no open letter of pipeline {} is called {}", file.name, id));
  }
  return {};
}

Status discard_all(const config::PipelineFile& file, ReplayLane& lane, DiscardAccounting& accounting,
                   std::span<const std::string> letter_ids, const std::string& reason) {
  SENTINEL_TRY(must_be_open(file, lane, letter_ids));
  for (std::size_t from = 0; from < letter_ids.size(); from += kLettersAtOnce) {
    const auto some = letter_ids.subspan(from, std::min(kLettersAtOnce, letter_ids.size() - from));
    SENTINEL_TRY(lane.bind_to_any(some));
    accounting.begin(some);
    if (lane.sink().is_transactional()) SENTINEL_TRY(lane.deliver_nothing());
    SENTINEL_TRY(lane.store().close(some, store::LetterStatus::kDiscarded, reason));
  }
  return {};
}

Result<std::vector<std::string>> open_letters_of(store::Store& store, const std::string& pipeline,
                                                 const std::string& source_key) {
  store::LetterFilter filter;
  filter.pipeline = pipeline;
  filter.source_key = source_key;
  SENTINEL_ASSIGN(const auto open, store.list(filter));
  std::vector<std::string> ids;
  for (const auto& letter : open) ids.push_back(letter.letter_id);
  return ids;
}

void finish(ReplayLane& lane, telemetry::HostServices& services, const Status& status, std::string_view what) {
  const auto recorded = lane.finish(status);
  if (!recorded.ok())
    services.log().warn(fmt::format("the {} could not be closed in the target: {}", what, recorded.message()));
}

}  // namespace

Status discard(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
               const std::filesystem::path& state_folder, const std::vector<std::string>& letter_ids,
               const std::string& reason) {
  DiscardAccounting accounting;
  ReplayLane lane(file, registry, services, accounting);
  SENTINEL_TRY(lane.open(state_folder, new_run_id(services)));
  auto status = discard_all(file, lane, accounting, letter_ids, reason);
  finish(lane, services, status, "discard");
  return status;
}

Result<std::int64_t> erase(const config::PipelineFile& file, plugins::Registry& registry,
                           telemetry::HostServices& services, const std::filesystem::path& state_folder,
                           const std::string& source_key, const std::string& note) {
  DiscardAccounting accounting;
  ReplayLane lane(file, registry, services, accounting);
  SENTINEL_TRY(lane.open(state_folder, new_run_id(services)));
  auto erased = [&]() -> Result<std::int64_t> {
    SENTINEL_ASSIGN(const auto idle, store::FolderLock::take(state_folder, file.name, "run"));
    SENTINEL_ASSIGN(const auto ids, open_letters_of(lane.store(), file.name, source_key));
    if (!ids.empty()) SENTINEL_TRY(discard_all(file, lane, accounting, ids, "erased"));
    return lane.store().erase(file.name, source_key, note);
  }();
  finish(lane, services, erased ? Status() : erased.error(), "erasure");
  return erased;
}

}  // namespace sentinel::engine
