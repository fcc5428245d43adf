// Reads both sides, proves that nothing was missed, lands what differs, then removes or marks rows of deleted records.
#include "engine/compare/sweep.hpp"

#include "engine/compare/comparison.hpp"
#include "engine/compare/source_keys.hpp"
#include "engine/ledger/content_hash.hpp"
#include "engine/ledger/record_snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <unordered_map>

namespace sentinel::engine {
namespace {

constexpr std::int64_t kListedAtOnce = 5000;
constexpr std::size_t kFetchedAtOnce = 200;
constexpr std::size_t kLetterBatch = 500;
constexpr std::size_t kMostDeleted = 100'000;  // rows that one sweep removes or marks; the next one continues
constexpr std::size_t kRowsABatch = 1000;

std::string state_name(const config::PipelineFile& file) { return "sweep/" + file.source_id; }

// Letters whose records own no row, as found by a sweep in which every row was accounted for. That stays so while they
// are open: what lands closes them.
struct Rowless {
  std::int64_t since_ms = 0;
  std::set<std::string, std::less<>> letter_ids;

  static Result<Rowless> load(const config::PipelineFile& file, store::Store& store) {
    SENTINEL_ASSIGN(const auto saved, store.state(file.name, name(file)));
    Rowless rowless;
    std::istringstream words(saved.value_or(""));
    words >> rowless.since_ms;
    for (std::string id; words >> id;) rowless.letter_ids.insert(id);
    return rowless;
  }
  Status save(const config::PipelineFile& file, store::Store& store) const {
    return store.set_state(file.name, name(file), fmt::format("{} {}", since_ms, fmt::join(letter_ids, " ")));
  }
  static std::string name(const config::PipelineFile& file) { return "rowless/" + file.source_id; }
};

class Sweep {
 public:
  Sweep(const SweepPlace& place, SweepReport& report)
      : at_(place),
        file_(place.place.file),
        services_(place.place.services),
        report_(report),
        began_ms_(services_.clock().now_unix_ms()),
        comparison_(file_, place.registry, services_, place.state_folder, 0, counts_) {}

  Status execute() {
    SENTINEL_TRY(open());
    SENTINEL_TRY(comparison_.read_target());
    SENTINEL_TRY(comparison_.read_source());
    if (removes_rows()) SENTINEL_TRY(read_late_arrivals());
    SENTINEL_TRY(comparison_.compare());
    SENTINEL_TRY(comparison_.read_again());
    report_.records = counts_.read;
    report_.rows = counts_.rows;
    SENTINEL_TRY(land_differences());
    if (!removes_rows()) return {};
    SENTINEL_TRY(remove_deleted());
    return report_.departed == extra_ ? Rowless{began_ms_, keyless_}.save(file_, comparison_.store()) : Status();
  }
  // The next sweep is due at its time; else with the next run.
  bool is_complete() const { return report_.held_back.empty() && extra_ <= kMostDeleted; }

 private:
  bool removes_rows() const { return file_.mirror->deletes != Departure::kKeep; }

  Status open() {
    SENTINEL_TRY(comparison_.open());
    SENTINEL_ASSIGN(keys_, SourceKeys::open(at_.state_folder));
    SENTINEL_ASSIGN(rowless_, Rowless::load(file_, comparison_.store()));
    ComparisonWatch watch;
    watch.between_pages = at_.between_pages;
    if (removes_rows()) {
      watch.on_batch = [this](const PreparedBatch& batch) { return note_batch(batch); };
      watch.on_keyless = [this](const Keyless& record) { return note_keyless(record); };
      watch.on_extra = [this](const KeyFacts& row) {
        ++extra_;
        if (deleted_rows_.size() < kMostDeleted) deleted_rows_[row.key] = row.target_hash;
        return Status();
      };
    }
    comparison_.watch(std::move(watch));
    return {};
  }

  // --- which records there are

  Status note_batch(const PreparedBatch& batch) {
    const auto source = batch.source.view(batch.source_schema);
    for (std::int64_t row = 0; row < source.rows(); ++row)
      SENTINEL_TRY(keys_->add_read(ledger::source_key(source, row)));
    for (const auto& record : batch.unreadable)
      SENTINEL_TRY(keys_->add_read(record.key.empty() ? ledger::content_hash(record.raw) : record.key));
    const auto departing = batch.departing.rows.view(comparison_.schema());  // `on_departure` decides about these rows
    for (std::int64_t row = 0; row < departing.rows(); ++row)
      if (const auto key = comparison_.key_of(departing, row)) SENTINEL_TRY(comparison_.hold(*key));
    return {};
  }

  // A row might be its, unless it is known to own none.
  Status note_keyless(const Keyless& record) {
    SENTINEL_ASSIGN(const auto facts, comparison_.known().of_key(record.source_key));
    const bool is_given_up = std::ranges::any_of(
        facts, [&](const store::LetterFact& fact) { return fact.record_hash == record.record_hash && fact.settles(); });
    if (is_given_up && !record.has_landed) return {};
    const auto id = ledger::letter_id(file_.name, file_.source_id, record.source_key, record.record_hash);
    keyless_.insert(id);
    if (rowless_.letter_ids.contains(id)) {
      SENTINEL_ASSIGN(const auto letter, comparison_.store().find(id));
      if (store::is_open(letter.status) && letter.first_seen_ms <= rowless_.since_ms) return {};
    }
    if (unknown_++ == 0) first_unknown_ = record.source_key;
    return {};
  }

  // A record that its source lists and that was not read came, or was passed over: its row must not go.
  Status read_late_arrivals() {
    std::string cursor;
    while (true) {
      Status added;
      SENTINEL_ASSIGN(const auto page, comparison_.patiently<plugins::SourcePage>([&] {
        return comparison_.chain().source().keys(cursor, kListedAtOnce, [&](std::string_view key) {
          if (added.ok()) added = keys_->add_listed(key);
        });
      }));
      SENTINEL_TRY(std::move(added));
      SENTINEL_TRY(at_.between_pages());
      cursor = page.next;
      if (page.done) break;
    }
    std::vector<std::string> late;
    SENTINEL_TRY(keys_->each_unread([&](std::string_view key) {
      late.emplace_back(key);
      return Status();
    }));
    for (std::size_t from = 0; from < late.size(); from += kFetchedAtOnce)
      SENTINEL_TRY(fetch({late.begin() + static_cast<std::ptrdiff_t>(from),
                          late.begin() + static_cast<std::ptrdiff_t>(std::min(from + kFetchedAtOnce, late.size()))}));
    return {};
  }

  Status fetch(const std::vector<std::string>& keys) {
    auto& chain = comparison_.chain();
    SENTINEL_ASSIGN(auto page, comparison_.patiently<plugins::SourcePage>([&] { return chain.source().fetch(keys); }));
    SENTINEL_ASSIGN(const auto batch, chain.prepare(std::move(page)));
    return comparison_.take(batch);
  }

  // --- what is done about it

  Status deliver(PreparedBatch& batch) {
    batch.next_cursor = at_.delivery.cursor();
    return at_.delivery.deliver(batch);
  }

  Status land_differences() {
    if (counts_.missing + counts_.different == 0) return {};
    if (!counts_.reads_again) {
      services_.log().warn(
          fmt::format("mirror: {} records differ from their rows, and the source {} cannot fetch them; "
                      "\"sentinel run {} --full\" reads everything",
                      counts_.missing + counts_.different, file_.source.use, file_.path));
      return {};
    }
    std::int64_t after = 0;
    const auto landed_before = at_.delivery.total().landed();
    while (true) {
      if (services_.stop().requested()) return {Code::kCancelled, "stopped"};
      SENTINEL_ASSIGN(auto batch, comparison_.next_to_land(after));
      if (!batch) break;
      SENTINEL_TRY(deliver(*batch));
    }
    report_.landed = at_.delivery.total().landed() - landed_before;
    return {};
  }

  Status remove_deleted() {
    SENTINEL_TRY(find_obsolete_letters());
    decide_whether_rows_depart();
    if (!report_.held_back.empty()) {
      if (!report_.is_over_ratio) services_.log().warn("mirror: " + report_.held_back);  // that is the run's fault
      return {};
    }
    SENTINEL_TRY(settle_letters());
    return remove_rows();
  }

  // Letters of deleted records are no longer owed.
  Status find_obsolete_letters() {
    store::LetterFilter open;
    open.pipeline = file_.name;
    open.source_id = file_.source_id;
    SENTINEL_TRY(comparison_.store().each_page(open, [&](std::span<const store::StoredLetter> letters) -> Status {
      owed_ += letters.size();
      for (const auto& letter : letters) SENTINEL_TRY(keys_->add_owed(letter.source_key, letter.letter_id));
      return {};
    }));
    return keys_->each_obsolete_letter([&](std::string_view id) {
      obsolete_letters_.emplace_back(id);
      return Status();
    });
  }

  void decide_whether_rows_depart() {
    if (extra_ + obsolete_letters_.size() == 0) return;
    const auto share = file_.mirror->max_delete_ratio;
    const auto most = [&](std::uint64_t all) { return std::max(1.0, share * static_cast<double>(all)); };
    const auto proven = extra_ - std::min(extra_, unknown_);  // at least so many are nobody's
    report_.is_over_ratio = static_cast<double>(proven) > most(counts_.rows) ||
                            static_cast<double>(obsolete_letters_.size()) > most(counts_.rows + owed_);
    if (report_.is_over_ratio) {
      report_.held_back = fmt::format(
          "{} of {} rows and {} of {} open dead letters have no record any more, more than mirror.max_delete_ratio "
          "{:g}%; none was {}: check whether the source lost data or another pipeline writes to the same table, and "
          "raise max_delete_ratio if the records really were deleted",
          extra_, counts_.rows, obsolete_letters_.size(), owed_, share * 100, action_word());
    } else if (extra_ > 0 && unknown_ > 0) {
      report_.held_back = fmt::format(
          "{} rows have no record that accounts for them, but the target key of {} rejected records is unknown (the "
          "first is {}); a row might belong to one of them, so none was {}: correct them at the source, or discard "
          "their "
          "letters with \"sentinel dlq discard {}\"",
          extra_, unknown_, first_unknown_, action_word(), file_.name);
    }
  }
  const char* action_word() const { return file_.mirror->deletes == Departure::kMark ? "marked" : "deleted"; }

  Status settle_letters() {
    const std::span all(obsolete_letters_);
    for (std::size_t from = 0; from < all.size(); from += kLetterBatch) {
      const auto some = all.subspan(from, std::min(kLetterBatch, all.size() - from));
      auto batch = deleted_batch(BatchBuilder(comparison_.schema()).finish());
      batch.departing.obsolete_letters.assign(some.begin(), some.end());
      SENTINEL_TRY(deliver(batch));
    }
    report_.letters = all.size();
    return {};
  }

  // The target is read once more: only a row that has not changed since the comparison departs.
  Status remove_rows() {
    const auto departed = [this] { return at_.delivery.total().records(BalanceLine::kDeparted); };
    const auto departed_before = departed();
    std::string cursor;
    while (!deleted_rows_.empty()) {
      if (services_.stop().requested()) return {Code::kCancelled, "stopped"};
      SENTINEL_ASSIGN(const auto page, comparison_.scan(cursor));
      const auto rows = page.batch.view(comparison_.schema());
      std::vector<std::int64_t> chosen;
      for (std::int64_t row = 0; row < rows.rows(); ++row) {
        const auto found = deleted_rows_.find(comparison_.key_of(rows, row).value_or(""));
        if (found == deleted_rows_.end()) continue;
        if (found->second == row_hash(rows, row)) chosen.push_back(row);
        deleted_rows_.erase(found);
      }
      for (std::size_t from = 0; from < chosen.size(); from += kRowsABatch) {
        const auto some = std::span(chosen).subspan(from, std::min(kRowsABatch, chosen.size() - from));
        auto batch = deleted_batch(select_rows(rows, {some.begin(), some.end()}));
        SENTINEL_TRY(deliver(batch));
        report_.departed = departed() - departed_before;
      }
      SENTINEL_TRY(at_.between_pages());
      cursor = page.next;
      if (page.done) break;
    }
    return {};
  }

  PreparedBatch deleted_batch(Batch rows) const {
    PreparedBatch batch;
    batch.departing.is_deleted = true;
    batch.source_schema = comparison_.schema();
    const auto view = rows.view(comparison_.schema());
    for (std::int64_t row = 0; row < view.rows(); ++row) {
      batch.departing.origin.push_back(row);
      batch.departing.actions.push_back(file_.mirror->deletes);
      auto& amount = batch.amounts.emplace_back();
      if (const auto known = comparison_.amount_in(view, row))
        amount = {static_cast<std::int64_t>(known->minor), currency_index(known->currency, batch.currencies)};
    }
    batch.departing.rows = select_rows(view, batch.departing.origin);
    batch.arriving.rows = BatchBuilder(comparison_.schema()).finish();
    batch.source = std::move(rows);
    return batch;
  }

  const SweepPlace& at_;
  const config::PipelineFile& file_;
  telemetry::HostServices& services_;
  SweepReport& report_;
  const std::int64_t began_ms_;
  VerifyReport counts_;
  Comparison comparison_;
  std::unique_ptr<SourceKeys> keys_;
  Rowless rowless_;
  std::set<std::string, std::less<>> keyless_;  // letters of records whose target key is unknown
  std::uint64_t unknown_ = 0, extra_ = 0, owed_ = 0;
  std::vector<std::string> obsolete_letters_;
  std::string first_unknown_;
  std::unordered_map<std::string, std::string> deleted_rows_;  // that are still to go: key -> hash of the row
};

}  // namespace

Status check_mirror(const config::PipelineFile& file, const plugins::SourceStage& source,
                    const plugins::SinkStage& sink) {
  if (!file.mirror) return {};
  const auto wrong = [&](const std::string& sentence) {
    const auto at = file.positions.nearest("mirror.deletes", {});
    return invalid_config(fmt::format("{}:{}:{}: mirror: {}", file.path, at.line, at.column, sentence));
  };
  if (!sink.offers_scan())
    return wrong(fmt::format("the sink {} cannot be read back, so there is nothing to compare with; remove the mirror",
                             file.sink.use));
  if (file.mirror->deletes == Departure::kKeep) return {};
  if (!source.offers_keys() || !source.offers_fetch())
    return wrong(fmt::format(
        "the source {} cannot list its keys, so nothing proves that a record was deleted; write deletes: keep",
        file.source.use));
  if (!sink.offers_depart())
    return wrong(fmt::format("the sink {} can neither mark nor remove rows; write deletes: keep", file.sink.use));
  return {};
}

Result<bool> is_sweep_due(const config::PipelineFile& file, store::Store& store, telemetry::Clock& clock,
                          bool is_forced) {
  if (!file.mirror) return false;
  if (is_forced) return true;
  SENTINEL_ASSIGN(const auto last, store.state(file.name, state_name(file)));
  if (!last) return true;
  const auto swept_ms = Decimal::parse(*last);
  return !swept_ms || clock.now_unix_ms() - static_cast<std::int64_t>(swept_ms->unscaled) >= file.mirror->every.count();
}

Status sweep(const SweepPlace& place, SweepReport& report) {
  Sweep one(place, report);
  SENTINEL_TRY(one.execute());
  if (!one.is_complete()) return {};
  const auto& file = place.place.file;
  return place.place.store.set_state(file.name, state_name(file),
                                     std::to_string(place.place.services.clock().now_unix_ms()));
}

}  // namespace sentinel::engine
