// Asks the target which letters are owed, the store which of them it holds, and fetches the records of the others.
#include "engine/letters/rebuild.hpp"

#include "engine/delivery/account.hpp"
#include "engine/delivery/ending.hpp"
#include "engine/delivery/target.hpp"
#include "engine/ledger/record_snapshot.hpp"
#include "engine/letters/reconcile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sentinel::engine {
namespace {

constexpr std::size_t kKeysAtOnce = 200;

struct Owed {
  std::string source_id;
  Letter letter;
};

class Rebuild {
 public:
  Rebuild(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
          RebuildReport& report, const std::string& note)
      : file_(file), registry_(registry), services_(services), report_(report), note_(note) {}

  Status execute(const std::filesystem::path& folder) {
    SENTINEL_ASSIGN(const auto run_lock, store::FolderLock::take(folder, file_.name, "run"));
    SENTINEL_ASSIGN(const auto replay_lock, store::FolderLock::take(folder, file_.name, "recover"));
    SENTINEL_ASSIGN(store_, store::Store::open(folder, [this] { return services_.clock().now_unix_ms(); }));
    SENTINEL_ASSIGN(chain_, Chain::open(file_, registry_, services_));
    if (!chain_->source().offers_fetch())
      return located(
          file_, file_.source,
          Status(Code::kUnsupported, fmt::format("the source {} cannot fetch single records; restore sentinel.db from "
                                                 "its backup, or discard the letters with \"sentinel dlq discard {}\"",
                                                 file_.source.use, file_.path)));
    SENTINEL_ASSIGN(sink_, open_sink(file_, registry_, services_));
    SENTINEL_ASSIGN(const auto schema, chain_->bind());
    SENTINEL_TRY(bind_sink(file_, *sink_, schema, services_.log(), false));
    SENTINEL_TRY(take_in_what_a_crash_left());
    SENTINEL_TRY(find_owed());
    return fetch_all();
  }

 private:
  // The fault that this command repairs must not stop it.
  Status take_in_what_a_crash_left() {
    auto status = reconcile_letters(file_, *sink_, *store_, services_.log());
    return status.native_code() == kNoPayload ? Status() : std::move(status);
  }

  Status find_owed() {
    if (!sink_->is_transactional()) return {};
    std::vector<Owed> open;
    SENTINEL_TRY(sink_->letters(file_.name, [&](std::string_view source_id, const Letter& letter) {
      open.push_back({std::string(source_id), letter});
    }));
    for (auto& owed : open) {
      const auto held = store_->find(owed.letter.letter_id);
      if (held && (!held->record.empty() || !held->raw.empty())) continue;
      if (!held && held.error().code() != Code::kInvalidConfig) return held.error();
      if (owed.source_id == file_.source_id)
        by_key_.emplace(owed.letter.source_key, std::move(owed.letter));
      else
        miss(owed.letter, "it came from another source, " + owed.source_id);
    }
    return {};
  }

  void miss(const Letter& letter, std::string reason) {
    report_.missing.push_back({letter.letter_id, letter.source_key, std::move(reason)});
  }

  Status fetch_all() {
    std::vector<std::string> keys;
    for (const auto& [key, letter] : by_key_) keys.push_back(key);
    for (std::size_t from = 0; from < keys.size(); from += kKeysAtOnce) {
      if (services_.stop().requested()) return {Code::kCancelled, "stopped"};
      SENTINEL_TRY(fetch(std::span(keys).subspan(from, std::min(kKeysAtOnce, keys.size() - from))));
    }
    for (const auto& [key, letter] : by_key_) miss(letter, "its record was deleted in the source");
    return {};
  }

  Status fetch(std::span<const std::string> keys) {
    SENTINEL_ASSIGN(auto page, chain_->source().fetch(keys));
    SENTINEL_ASSIGN(const auto batch, chain_->prepare(std::move(page)));
    const auto rows = batch.source.view(batch.source_schema);
    const auto schema = ledger::schema_json(batch.source_schema);
    std::vector<store::StoredLetter> letters;
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      auto* letter = take(ledger::source_key(rows, row), letters);
      if (letter == nullptr) continue;
      letter->record = ledger::snapshot_json(rows, row);
      letter->schema = schema;
      for (const auto& rejection : batch.rejected)
        if (rejection.row == row) letter->stage = rejection.stage, letter->reason = rejection.why;
    }
    for (const auto& record : batch.unreadable) {
      auto* letter = take(record.key, letters);
      if (letter == nullptr) continue;
      letter->raw = record.raw;
      letter->position = record.position;
      letter->stage = file_.source.use;
      letter->reason = record.why;
    }
    report_.rebuilt += letters.size();
    return store_->restore(letters, note_);
  }

  // The letter owed for this key, to be filled; null where there is none, or it was taken already.
  store::StoredLetter* take(const std::string& key, std::vector<store::StoredLetter>& letters) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    const auto& owed = found->second;
    auto& letter = letters.emplace_back();
    letter.pipeline = file_.name;
    letter.source_id = file_.source_id;
    letter.letter_id = owed.letter_id;
    letter.source_key = owed.source_key;
    letter.record_hash = owed.record_hash;
    letter.minor = owed.minor;
    letter.currency = owed.currency;
    letter.stage = file_.sink.use;
    letter.reason = Status(Code::kInvalidData, "rejected earlier; its record was fetched again");
    by_key_.erase(found);
    return &letter;
  }

  const config::PipelineFile& file_;
  plugins::Registry& registry_;
  telemetry::HostServices& services_;
  RebuildReport& report_;
  const std::string& note_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Chain> chain_;
  std::unique_ptr<plugins::SinkStage> sink_;
  std::map<std::string, Letter> by_key_;  // of each key at most one letter is open
};

}  // namespace

RebuildReport rebuild(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
                      const std::filesystem::path& state_folder, const std::string& note) {
  RebuildReport report;
  report.fault = Rebuild(file, registry, services, report, note).execute(state_folder);
  report.exit_code = ending_code(report.fault, services);
  if (report.fault.ok() && !report.missing.empty()) report.exit_code = kExitStorage;
  return report;
}

}  // namespace sentinel::engine
