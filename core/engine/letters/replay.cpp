// Selects letters page by page, and delivers their records, fetched anew or as stored, on the lane of replays.
#include "engine/letters/replay.hpp"

#include "engine/delivery/ending.hpp"
#include "engine/delivery/identity.hpp"
#include "engine/ledger/record_snapshot.hpp"
#include "engine/letters/replay_accounting.hpp"
#include "engine/letters/replay_lane.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace sentinel::engine {
namespace {

using store::LetterStatus;
using store::StoredLetter;
using Letters = std::span<const StoredLetter* const>;
constexpr std::size_t kLettersABatch = 500;
constexpr std::size_t kFetchedAtOnce = 200;

class Replay {
 public:
  Replay(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
         const ReplayOptions& options, ReplayReport& report)
      : file_(file),
        services_(services),
        options_(options),
        report_(report),
        accounting_(file, services, report),
        lane_(file, registry, services, accounting_) {}

  Status execute(const std::filesystem::path& state_folder) {
    SENTINEL_TRY(lane_.open(state_folder, report_.run_id));
    auto status = replay_all();
    const auto recorded = lane_.finish(status);
    if (!recorded.ok())
      services_.log().warn("the end of the replay could not be recorded in the target: " + recorded.message());
    return status;
  }

 private:
  Status replay_all() {
    if (options_.letter_ids.empty())
      return lane_.store().each_page(filter(), [&](auto page) { return replay_page(page); });
    const std::span ids(options_.letter_ids);
    for (std::size_t from = 0; from < ids.size(); from += kLettersABatch) {
      SENTINEL_ASSIGN(const auto letters, named(ids.subspan(from, std::min(kLettersABatch, ids.size() - from))));
      SENTINEL_TRY(replay_page(letters));
    }
    return {};
  }

  store::LetterFilter filter() const {
    auto filter = options_.filter;
    filter.pipeline = file_.name;
    if (!options_.ignore_due) {
      filter.status = {LetterStatus::kWaiting};
      filter.due_before_ms = services_.clock().now_unix_ms();
      filter.unless_tried_under = file_.mapping_hash;
    }
    return filter;
  }

  // Whoever names a quarantined letter releases it.
  Result<std::vector<StoredLetter>> named(std::span<const std::string> ids) {
    std::vector<StoredLetter> chosen;
    std::vector<std::string> quarantined;
    for (const auto& id : ids) {
      SENTINEL_ASSIGN(auto letter, lane_.store().find(id));
      if (letter.pipeline != file_.name)
        return invalid_config(
            fmt::format("letter {} belongs to pipeline {}, not to {}", id, letter.pipeline, file_.name));
      if (!store::is_open(letter.status))
        return invalid_config(fmt::format("letter {} is {}, not open", letter.letter_id, to_string(letter.status)));
      if (letter.status == LetterStatus::kQuarantined) {
        quarantined.push_back(letter.letter_id);
        letter.attempts = 0;
      }
      chosen.push_back(std::move(letter));
    }
    SENTINEL_TRY(lane_.store().release(quarantined, "replayed by name"));
    return chosen;
  }

  Status replay_page(std::span<const StoredLetter> page) {
    std::vector<const StoredLetter*> letters;
    for (const auto& letter : page) letters.push_back(&letter);
    if (options_.fetch) {
      SENTINEL_ASSIGN(letters, replay_fetched(letters));
    }
    std::map<std::string, std::vector<const StoredLetter*>> by_schema;
    for (const auto* letter : letters) {
      if (letter->record_to_send().empty())
        ++report_.not_replayable;
      else
        by_schema[letter->schema].push_back(letter);
    }
    if (lane_.sink().writes_whole_runs() && !by_schema.empty()) return only_by_a_run();
    for (const auto& [schema, group] : by_schema) SENTINEL_TRY(replay_group(schema, group));
    return {};
  }

  Status only_by_a_run() const {
    return invalid_config(
        fmt::format("{}:{}:{}: nothing can be added to what the sink {} wrote; correct the source or the rule, then "
                    "\"sentinel run {}\": it reads every record again and closes the letters of those that pass",
                    file_.path, file_.sink.at.line, file_.sink.at.column, file_.sink.use, file_.path));
  }

  // --- records as the source holds them now

  // Replays the letters whose records can be fetched, and returns the others.
  Result<std::vector<const StoredLetter*>> replay_fetched(const std::vector<const StoredLetter*>& letters) {
    std::vector<const StoredLetter*> others, fetchable;
    for (const auto* letter : letters) {
      const bool is_fetchable = letter->source_id == file_.source_id && letter->edited.empty();
      (is_fetchable && !lane_.sink().writes_whole_runs() ? fetchable : others).push_back(letter);
    }
    if (fetchable.empty() || !bind_to_source()) return letters;
    for (std::size_t from = 0; from < fetchable.size(); from += kFetchedAtOnce) {
      if (services_.stop().requested()) return Status(Code::kCancelled, "stopped");
      const auto some = Letters(fetchable).subspan(from, std::min(kFetchedAtOnce, fetchable.size() - from));
      SENTINEL_ASSIGN(const auto stored_only, fetch_and_replay(some));
      others.insert(others.end(), stored_only.begin(), stored_only.end());
    }
    return others;
  }

  // False where the letters are replayed as they were stored: the source cannot fetch, or does not answer.
  bool bind_to_source() {
    bound_schema_.clear();
    if (is_source_away_) return false;
    const auto chain = lane_.bind_to_source();
    if (chain && (*chain)->source().offers_fetch()) return true;
    is_source_away_ = true;
    if (!chain)
      services_.log().warn("the records are replayed as they were stored, since the source cannot be asked: " +
                           chain.error().message());
    return false;
  }

  // Returns the letters whose records the source does not hold any more.
  Result<std::vector<const StoredLetter*>> fetch_and_replay(Letters letters) {
    std::map<std::string, const StoredLetter*, std::less<>> by_key;
    std::vector<std::string> keys;
    for (const auto* letter : letters)
      if (by_key.emplace(letter->source_key, letter).second) keys.push_back(letter->source_key);
    auto page = lane_.chain().source().fetch(keys);
    if (!page) {
      services_.log().warn("the records are replayed as they were stored, since the source did not answer: " +
                           page.error().message());
      is_source_away_ = true;
      return std::vector(letters.begin(), letters.end());
    }
    std::vector<const StoredLetter*> found;
    const auto take = [&](std::string_view key) {
      const auto letter = by_key.find(key);
      if (letter == by_key.end() || letter->second == nullptr) return false;
      found.push_back(std::exchange(letter->second, nullptr));
      return true;
    };
    const auto rows = page->batch.view(lane_.chain().source_schema());
    for (std::int64_t row = 0; row < rows.rows(); ++row)
      if (!take(ledger::source_key(rows, row))) {
        services_.log().warn(
            fmt::format("the source {} holds several records with one key; {} letters are replayed as they were stored",
                        file_.source.use, letters.size()));
        return std::vector(letters.begin(), letters.end());
      }
    std::erase_if(page->rejected, [&](const auto& record) { return !take(record.key); });
    report_.fetched += found.size();
    if (!found.empty()) {
      const auto status = replay_prepared(std::move(*page), found);
      if (status.code() != Code::kTransient) SENTINEL_TRY(status);
      if (!status.ok()) leave_for_later(found, status);
    }
    std::vector<const StoredLetter*> missing;
    for (const auto* letter : letters)
      if (std::ranges::find(found, letter) == found.end()) missing.push_back(letter);
    return missing;
  }

  // --- records as they were stored

  Status replay_group(const std::string& schema_text, const std::vector<const StoredLetter*>& group) {
    SENTINEL_ASSIGN(const auto schema, ledger::schema_from_json(schema_text));
    auto bound = schema_text == bound_schema_ ? Status() : lane_.bind(schema);
    bound_schema_ = bound.ok() ? schema_text : "";
    if (bound.code() == Code::kInvalidConfig && group.front()->source_id != file_.source_id) {
      services_.log().warn(fmt::format("{} letters of the former source {} do not fit today's pipeline and stay: {}",
                                       group.size(), group.front()->source_id, bound.message()));
      report_.not_replayable += group.size();
      return {};
    }
    SENTINEL_TRY(std::move(bound));
    for (std::size_t from = 0; from < group.size(); from += kLettersABatch) {
      if (services_.stop().requested()) return {Code::kCancelled, "stopped"};
      SENTINEL_TRY(replay_stored(schema, Letters(group).subspan(from, std::min(kLettersABatch, group.size() - from))));
    }
    return {};
  }

  // A run locks rows first and letters last, a replay the other way round: where they are in each other's way, fewer
  // letters at once are less so.
  Status replay_stored(const Schema& schema, Letters letters) {
    std::vector<std::string> records;
    for (const auto* letter : letters) records.push_back(letter->record_to_send());
    plugins::SourcePage page;
    SENTINEL_ASSIGN(page.batch, ledger::batch_from_snapshots(schema, records));
    auto status = replay_prepared(std::move(page), {letters.begin(), letters.end()});
    if (status.code() != Code::kTransient) return status;
    if (letters.size() == 1) {
      leave_for_later(letters, status);
      return {};
    }
    SENTINEL_TRY(replay_stored(schema, letters.first(letters.size() / 2)));
    return replay_stored(schema, letters.subspan(letters.size() / 2));
  }

  // `letters`: one a row of the page, then one a record that never became a row.
  Status replay_prepared(plugins::SourcePage page, std::vector<const StoredLetter*> letters) {
    SENTINEL_ASSIGN(auto batch, lane_.chain().prepare(std::move(page)));
    std::vector<std::string_view> ids;
    for (const auto row : batch.arriving.origin) ids.push_back(letters[static_cast<std::size_t>(row)]->letter_id);
    accounting_.begin(lane_, std::move(letters));
    return lane_.deliver(batch, ids);
  }

  void leave_for_later(Letters letters, const Status& fault) {
    report_.left_for_later += letters.size();
    for (const auto* letter : letters)
      services_.log().warn(fmt::format("letter {} is left for later: {}", letter->letter_id, fault.message()));
  }

  const config::PipelineFile& file_;
  telemetry::HostServices& services_;
  const ReplayOptions& options_;
  ReplayReport& report_;
  ReplayAccounting accounting_;
  ReplayLane lane_;
  std::string bound_schema_;  // JSON of the schema that the lane is bound to; empty: none, or the source's
  bool is_source_away_ = false;
};

}  // namespace

ReplayReport replay(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
                    const std::filesystem::path& state_folder, const ReplayOptions& options) {
  ReplayReport report;
  report.run_id = new_run_id(services);
  report.pipeline = file.name;
  report.exponent = file.money ? static_cast<int>(file.money->exponent) : 2;
  report.fault = Replay(file, registry, services, options, report).execute(state_folder);
  report.exit_code = ending_code(report.fault, services);
  return report;
}

}  // namespace sentinel::engine
