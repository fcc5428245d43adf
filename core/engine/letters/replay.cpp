// Letters back through the pipeline, on a lane of their own.
#include "engine/letters/replay.hpp"

#include "engine/delivery/account.hpp"
#include "engine/delivery/ending.hpp"
#include "engine/delivery/identity.hpp"
#include "engine/delivery/protocol.hpp"
#include "engine/delivery/target.hpp"
#include "engine/flow/chain.hpp"
#include "engine/ledger/record_snapshot.hpp"
#include "engine/letters/reconcile.hpp"
#include "engine/telemetry/fail_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace sentinel::engine {
namespace {

using store::LetterStatus;
using store::StoredLetter;
constexpr std::size_t kLettersABatch = 500;

// 1 m after the first failed attempt, then 5 m, 30 m, 2 h, and every 12 h. REQUIRES: attempts >= 1
std::int64_t next_attempt_ms(std::int64_t now_ms, std::int64_t attempts) {
  constexpr std::array<std::int64_t, 5> kWaits = {60000, 300000, 1800000, 7200000, 43200000};
  return now_ms + kWaits[std::min<std::size_t>(static_cast<std::size_t>(attempts - 1), kWaits.size() - 1)];
}

// What becomes of the letters of one batch, once it is committed.
struct Fates {
  struct Failure {
    const StoredLetter* letter;
    std::string stage;
    Status why;
  };
  std::vector<std::string> recovered, closed, filtered;
  std::vector<Failure> failed;
  Balance balance;
};

class Replay {
 public:
  Replay(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
         ReplayReport& report)
      : file_(file), registry_(registry), services_(services), report_(report) {}

  Status open(const std::filesystem::path& folder) {
    SENTINEL_ASSIGN(store_, store::Store::open(folder, [this] { return services_.clock().now_unix_ms(); }));
    SENTINEL_ASSIGN(sink_, open_sink(file_, registry_, services_));
    SENTINEL_ASSIGN(chain_, Chain::open(file_, registry_, services_, true));
    if (!sink_->is_transactional()) return {};
    Attempts attempts(place(), file_.outage.connect_wait);
    while (true) {
      auto lanes = sink_->resume(resume_request(file_, folder, report_.run_id, true));
      if (lanes) {
        lane_ = lanes->front();
        return reconcile_unless_running(folder);
      }
      SENTINEL_TRY(attempts.pause(lanes.error()));
    }
  }

  Status replay_all(const ReplayOptions& options) {
    if (options.letter_ids.empty())
      return store_->each_page(filter_of(options), [&](auto page) { return replay_page(page); });
    const std::span ids(options.letter_ids);
    for (std::size_t from = 0; from < ids.size(); from += kLettersABatch) {
      SENTINEL_ASSIGN(const auto letters, named(ids.subspan(from, std::min(kLettersABatch, ids.size() - from))));
      SENTINEL_TRY(replay_page(letters));
    }
    return {};
  }

  Status replay_page(std::span<const StoredLetter> letters) {
    std::map<std::string, std::vector<const StoredLetter*>> by_schema;
    for (const auto& letter : letters) {
      if (letter.record_to_send().empty())
        ++report_.not_replayable;
      else
        by_schema[letter.schema].push_back(&letter);
    }
    if (sink_->writes_whole_runs() && !by_schema.empty()) return only_by_a_run();
    for (const auto& [schema, group] : by_schema) SENTINEL_TRY(replay_group(schema, group));
    return {};
  }

  Result<std::int64_t> erase(const std::filesystem::path& folder, const std::string& source_key,
                             const std::string& note) {
    SENTINEL_ASSIGN(const auto idle, store::FolderLock::take(folder, file_.name, "run"));
    store::LetterFilter filter;
    filter.pipeline = file_.name;
    filter.source_key = source_key;
    SENTINEL_ASSIGN(const auto open, store_->list(filter));
    std::vector<std::string> ids;
    for (const auto& letter : open) ids.push_back(letter.letter_id);
    if (!ids.empty()) SENTINEL_TRY(give_up_all(ids, "erased"));
    return store_->erase(file_.name, source_key, note);
  }

  Status give_up_all(std::span<const std::string> letter_ids, const std::string& reason) {
    SENTINEL_TRY(must_be_open(letter_ids));
    for (std::size_t from = 0; from < letter_ids.size(); from += kLettersABatch) {
      const auto some = letter_ids.subspan(from, std::min(kLettersABatch, letter_ids.size() - from));
      SENTINEL_TRY(give_up({some.begin(), some.end()}, reason));
    }
    return {};
  }

  Status give_up(const std::vector<std::string>& letter_ids, const std::string& reason) {
    SENTINEL_TRY(bind_for(letter_ids));
    Seal seal;
    for (const auto& id : letter_ids) {
      auto& letter = seal.letters.emplace_back();
      letter.letter_id = id;
      letter.state = LetterState::kDiscarded;
    }
    if (sink_->is_transactional())
      SENTINEL_TRY(deliver(nullptr, BatchBuilder(sink_schema_).finish(), {},
                           [&](const plugins::WrittenBatch&) { return seal; }));
    return store_->close(letter_ids, LetterStatus::kDiscarded, reason);
  }

  Status finish(const Status& status) {
    if (!sink_ || !sink_->is_transactional() || status.code() == Code::kFenced) return {};
    return sink_->finish(summary_of(status, ending_code(status, services_), report_.balance));
  }

 private:
  Status only_by_a_run() const {
    return invalid_config(
        fmt::format("{}:{}:{}: nothing can be added to what the sink {} wrote; mend the source or the rule, then "
                    "\"sentinel run {}\": it "
                    "reads every record again and closes the letters of those that pass",
                    file_.path, file_.sink.at.line, file_.sink.at.column, file_.sink.use, file_.path));
  }

  Workplace place() { return {file_, *sink_, *store_, services_}; }

  // Letters that a crashed run left pending become facts or go, unless a run is under way: then pending ones are its
  // own.
  Status reconcile_unless_running(const std::filesystem::path& folder) {
    const auto idle = store::FolderLock::take(folder, file_.name, "run");
    if (!idle) return idle.error().code() == Code::kFenced ? Status() : idle.error();
    auto status = reconcile_letters(file_, *sink_, *store_, services_.log());
    // A letter without payload stops a run; here it can be given up.
    return status.native_code() == kNoPayload ? Status() : std::move(status);
  }

  Status must_be_open(std::span<const std::string> letter_ids) {
    std::set<std::string> owed;
    if (sink_->is_transactional())
      SENTINEL_TRY(
          sink_->letters(file_.name, [&](std::string_view, const Letter& letter) { owed.insert(letter.letter_id); }));
    for (const auto& id : letter_ids) {
      const auto letter = store_->find(id);
      const bool is_open = sink_->is_transactional() ? owed.contains(id) : letter && store::is_open(letter->status);
      if (is_open) continue;
      return invalid_config(letter ? fmt::format("letter {} is {}, not open", id, to_string(letter->status))
                                   : fmt::format("no open letter of pipeline {} is called {}", file_.name, id));
    }
    return {};
  }

  // Whoever names a quarantined letter releases it.
  Result<std::vector<StoredLetter>> named(std::span<const std::string> ids) {
    std::vector<StoredLetter> chosen;
    std::vector<std::string> quarantined;
    for (const auto& id : ids) {
      SENTINEL_ASSIGN(auto letter, store_->find(id));
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
    SENTINEL_TRY(store_->release(quarantined, "tried again by name"));
    return chosen;
  }

  store::LetterFilter filter_of(const ReplayOptions& options) {
    auto filter = options.filter;
    filter.pipeline = file_.name;
    if (!options.ignore_due) {
      filter.status = {LetterStatus::kWaiting};
      filter.due_before_ms = services_.clock().now_unix_ms();
      filter.unless_tried_under = file_.mapping_hash;
    }
    return filter;
  }

  Status replay_group(const std::string& schema_text, const std::vector<const StoredLetter*>& group) {
    SENTINEL_ASSIGN(const auto schema, ledger::schema_from_json(schema_text));
    auto bound = schema_text == bound_schema_ ? Status() : bind(schema);
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
      SENTINEL_TRY(replay_batch(schema, std::span(group).subspan(from, std::min(kLettersABatch, group.size() - from))));
    }
    return {};
  }

  Status bind(const Schema& source_schema) {
    SENTINEL_ASSIGN(sink_schema_, chain_->bind_to(source_schema));
    sink_schema_.set_read_once(true);  // a letter closes with its row
    return bind_sink(file_, *sink_, sink_schema_, services_.log(), false);
  }

  // Any letter's schema will do to open a transaction that writes no rows; without one, the source is asked.
  Status bind_for(const std::vector<std::string>& letter_ids) {
    for (const auto& id : letter_ids) {
      const auto letter = store_->find(id);
      if (!letter || letter->record.empty()) continue;
      SENTINEL_ASSIGN(const auto schema, ledger::schema_from_json(letter->schema));
      return bind(schema);
    }
    SENTINEL_ASSIGN(auto chain, Chain::open(file_, registry_, services_));
    SENTINEL_ASSIGN(sink_schema_, chain->bind());
    sink_schema_.set_read_once(true);
    return bind_sink(file_, *sink_, sink_schema_, services_.log(), false);
  }

  Status replay_batch(const Schema& schema, std::span<const StoredLetter* const> letters) {
    std::vector<std::string> records;
    for (const auto* letter : letters) records.push_back(letter->record_to_send());
    plugins::SourcePage page;
    SENTINEL_ASSIGN(page.batch, ledger::batch_from_snapshots(schema, records));
    SENTINEL_ASSIGN(auto batch, chain_->prepare(std::move(page)));
    std::vector<std::string_view> ids;
    for (const auto row : batch.origin) ids.push_back(letters[static_cast<std::size_t>(row)]->letter_id);

    Fates fates;
    const auto witness = MoneyWitness::find(file_, sink_schema_);
    const auto status = deliver(&batch, batch.sink, ids, [&](const plugins::WrittenBatch& written) -> Result<Seal> {
      fates = judge(batch, letters, written);
      SENTINEL_TRY(fates.balance.check());
      SENTINEL_TRY(witness.check(batch, sink_schema_, report_.exponent, written, fates.balance));
      return seal_of(fates);
    });
    if (status.code() == Code::kTransient) return replay_halves(schema, letters, status);
    SENTINEL_TRY(status);
    return conclude(fates);
  }

  // A run locks rows first and letters last, a replay the other way round: fewer letters at once are less in each
  // other's way.
  Status replay_halves(const Schema& schema, std::span<const StoredLetter* const> letters, const Status& why) {
    if (letters.size() == 1) {
      services_.log().warn(fmt::format("letter {} is left for later: {}", letters.front()->letter_id, why.message()));
      ++report_.left_for_later;
      return {};
    }
    SENTINEL_TRY(replay_batch(schema, letters.first(letters.size() / 2)));
    return replay_batch(schema, letters.subspan(letters.size() / 2));
  }

  // Writes and commits one batch on the replay lane, as often as it takes. `seal` is asked anew for each attempt.
  template <class MakeSeal>
  Status deliver(const PreparedBatch* departing, const Batch& rows, const std::vector<std::string_view>& letter_ids,
                 MakeSeal&& make_seal) {
    Attempts attempts(place());
    while (true) {
      const auto delivery = services_.random_hex(32);
      const Claim claim{lane_.lane, lane_.epoch, lane_.seq + 1, delivery, letter_ids};
      auto status = [&]() -> Status {
        auto written = sink_->write(rows, sink_->is_transactional() ? &claim : nullptr);
        if (!written) return roll_back(place(), std::move(written).error());
        if (departing != nullptr)
          if (auto left = apply_departures(place(), *departing, sink_schema_, *written); !left.ok())
            return roll_back(place(), std::move(left));
        telemetry::pass_fail_point("replay.written");
        Result<Seal> seal = make_seal(*written);
        if (!seal) return roll_back(place(), std::move(seal).error());
        seal->claim = {claim.lane, claim.epoch, claim.seq, delivery, {}};
        return sink_->is_transactional() ? commit_and_resolve(place(), *seal) : Status();
      }();
      if (status.ok()) {
        ++lane_.seq;
        return {};
      }
      SENTINEL_TRY(attempts.pause(status));
    }
  }

  Fates judge(const PreparedBatch& batch, std::span<const StoredLetter* const> letters,
              const plugins::WrittenBatch& written) const {
    Fates fates;
    const auto letter = [&](std::int64_t row) { return letters[static_cast<std::size_t>(row)]; };
    const auto count = [&](std::int64_t row, BalanceLine line) {
      fates.balance.add_record(BalanceLine::kRead);
      fates.balance.add_record(line);
      const auto& amount = batch.amounts[static_cast<std::size_t>(row)];
      if (!amount.known()) return;
      for (const auto each : {BalanceLine::kRead, line})
        fates.balance.add_money(each, batch.currencies[static_cast<std::size_t>(amount.currency)], amount.minor);
    };
    const auto fail = [&](std::int64_t row, const std::string& stage, const Status& why) {
      fates.failed.push_back({letter(row), stage, why});
      count(row, BalanceLine::kDeadLettered);
    };
    for (const auto row : batch.filtered) {
      fates.filtered.push_back(letter(row)->letter_id);
      count(row, BalanceLine::kFiltered);
    }
    for (std::size_t i = 0; i < batch.departing_origin.size(); ++i) {
      fates.filtered.push_back(letter(batch.departing_origin[i])->letter_id);
      count(batch.departing_origin[i], written.departing[i]);
    }
    for (const auto& rejection : batch.rejected) fail(rejection.row, rejection.stage, rejection.why);
    for (const auto& refused : written.rejected)
      fail(batch.origin[static_cast<std::size_t>(refused.row)], file_.sink.use, refused.why);
    for (std::size_t i = 0; i < written.outcome.size(); ++i) {
      const auto row = batch.origin[i];
      const auto& id = letter(row)->letter_id;
      switch (written.outcome[i]) {
        case Outcome::kRejected: break;
        case Outcome::kClosed:
          fates.closed.push_back(id);
          count(row, BalanceLine::kSettled);
          break;
        case Outcome::kInserted:
          fates.recovered.push_back(id);
          count(row, BalanceLine::kInserted);
          break;
        case Outcome::kUpdated:
          fates.recovered.push_back(id);
          count(row, BalanceLine::kUpdated);
          break;
        case Outcome::kUnchanged:
          fates.recovered.push_back(id);
          count(row, BalanceLine::kUnchanged);
          break;
        default: fates.recovered.push_back(id); count(row, BalanceLine::kSuperseded);
      }
    }
    return fates;
  }

  // The sink has turned every claimed letter to recovered; one whose row it then refused is owed again.
  Seal seal_of(const Fates& fates) const {
    Seal seal;
    for (const auto& failure : fates.failed) {
      if (failure.stage != file_.sink.use) continue;
      const auto& letter = *failure.letter;
      seal.letters.push_back(
          {LetterState::kOpen, letter.letter_id, letter.source_key, letter.record_hash, letter.minor, letter.currency});
    }
    for (const auto& id : fates.filtered) {
      auto& letter = seal.letters.emplace_back();
      letter.state = LetterState::kSuperseded;
      letter.letter_id = id;
    }
    seal.records = fates.balance.records();
    seal.money = fates.balance.money_lines();
    return seal;
  }

  Status conclude(const Fates& fates) {
    report_.balance.add(fates.balance);
    report_.recovered += fates.recovered.size();
    report_.closed_elsewhere += fates.closed.size();
    report_.filtered += fates.filtered.size();
    report_.failed_again += fates.failed.size();
    if (!fates.recovered.empty())
      SENTINEL_TRY(store_->close(fates.recovered, LetterStatus::kRecovered, "landed by replay"));
    if (!fates.closed.empty())
      SENTINEL_TRY(store_->close(fates.closed, LetterStatus::kSuperseded, "closed in the destination"));
    if (!fates.filtered.empty())
      SENTINEL_TRY(store_->close(fates.filtered, LetterStatus::kSuperseded, "filtered by today's pipeline"));
    const auto now_ms = services_.clock().now_unix_ms();
    for (const auto& failure : fates.failed) {
      const auto attempts = failure.letter->attempts + 1;
      SENTINEL_TRY(store_->failed_again(failure.letter->letter_id, failure.why, failure.stage,
                                        next_attempt_ms(now_ms, attempts),
                                        attempts >= file_.dead_letter.quarantine_after, file_.mapping_hash));
    }
    return {};
  }

  const config::PipelineFile& file_;
  plugins::Registry& registry_;
  telemetry::HostServices& services_;
  ReplayReport& report_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<plugins::SinkStage> sink_;
  std::unique_ptr<Chain> chain_;
  Schema sink_schema_;
  std::string bound_schema_;  // JSON of the source's schema that chain and sink are bound to; empty: none yet
  Lane lane_;
};

}  // namespace

ReplayReport replay(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
                    const std::filesystem::path& state_folder, const ReplayOptions& options) {
  ReplayReport report;
  report.run_id = new_run_id(services);
  report.pipeline = file.name;
  report.exponent = file.money ? static_cast<int>(file.money->exponent) : 2;
  report.fault = [&]() -> Status {
    SENTINEL_ASSIGN(auto lock, store::FolderLock::take(state_folder, file.name, "recover"));
    Replay one(file, registry, services, report);
    SENTINEL_TRY(one.open(state_folder));
    auto status = one.replay_all(options);
    const auto recorded = one.finish(status);
    if (!recorded.ok())
      services.log().warn("the end of the replay could not be recorded in the target: " + recorded.message());
    return status;
  }();
  report.exit_code = ending_code(report.fault, services);
  return report;
}

Status discard(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
               const std::filesystem::path& state_folder, const std::vector<std::string>& letter_ids,
               const std::string& reason) {
  ReplayReport report;
  report.run_id = new_run_id(services);
  SENTINEL_ASSIGN(auto lock, store::FolderLock::take(state_folder, file.name, "recover"));
  Replay one(file, registry, services, report);
  SENTINEL_TRY(one.open(state_folder));
  auto status = one.give_up_all(letter_ids, reason);
  const auto recorded = one.finish(status);
  if (!recorded.ok()) services.log().warn("the discard could not be closed in the target: " + recorded.message());
  return status;
}

Result<std::int64_t> erase(const config::PipelineFile& file, plugins::Registry& registry,
                           telemetry::HostServices& services, const std::filesystem::path& state_folder,
                           const std::string& source_key, const std::string& note) {
  ReplayReport report;
  report.run_id = new_run_id(services);
  SENTINEL_ASSIGN(auto lock, store::FolderLock::take(state_folder, file.name, "recover"));
  Replay one(file, registry, services, report);
  SENTINEL_TRY(one.open(state_folder));
  auto letters = one.erase(state_folder, source_key, note);
  const auto recorded = one.finish(letters ? Status() : letters.error());
  if (!recorded.ok()) services.log().warn("the erasure could not be closed in the target: " + recorded.message());
  return letters;
}

}  // namespace sentinel::engine
