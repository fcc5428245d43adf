// Counts every record, and its money, on exactly one line of the balance.
#include "engine/delivery/account.hpp"

#include "engine/ledger/content_hash.hpp"
#include "engine/ledger/record_snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::engine {

struct Accountant::Work {
  const PreparedBatch& batch;
  Account account;

  void count(BalanceLine line, const Amount& amount) {
    account.balance.add_record(line);
    if (amount.known())
      account.balance.add_money(line, batch.currencies[static_cast<std::size_t>(amount.currency)], amount.minor);
    else if (line == BalanceLine::kDeadLettered || line == BalanceLine::kFiltered || line == BalanceLine::kSettled)
      account.balance.add_amount_unknown();
  }
  void supersede(const std::string& letter_id) {
    auto& closed = account.facts.emplace_back();
    closed.state = LetterState::kSuperseded;
    closed.letter_id = letter_id;
    account.superseded.push_back(letter_id);
  }
  const Amount& amount(std::int64_t row) const { return batch.amounts[static_cast<std::size_t>(row)]; }
};

BalanceLine line_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kInserted: return BalanceLine::kInserted;
    case Outcome::kUpdated: return BalanceLine::kUpdated;
    case Outcome::kUnchanged: return BalanceLine::kUnchanged;
    default: return BalanceLine::kSuperseded;
  }
}

namespace {

void note_amount(store::StoredLetter& letter, const PreparedBatch& batch, const Amount& amount) {
  if (!amount.known()) return;
  letter.minor = std::to_string(amount.minor);
  letter.currency = batch.currencies[static_cast<std::size_t>(amount.currency)];
}

bool lands(Outcome outcome) { return outcome == Outcome::kInserted || outcome == Outcome::kUpdated; }

}  // namespace

StageOwners owners_of(const config::PipelineFile& file, plugins::Registry& registry) {
  StageOwners owners;
  const auto note = [&](std::int32_t kind, const std::string& use) {
    const auto component = registry.find(kind, use);
    if (!component) return;
    const auto& plugin = registry.owner(**component);
    owners[use] = {plugin.name, plugin.version};
  };
  note(SENTINEL_KIND_SOURCE, file.source.use);
  note(SENTINEL_KIND_SINK, file.sink.use);
  for (const auto& transform : file.transforms) note(SENTINEL_KIND_TRANSFORM, transform.use);
  return owners;
}

MoneyWitness MoneyWitness::find(const config::PipelineFile& file, const Schema& sink_schema) {
  if (!file.money) return {};
  for (std::size_t i = 0; i < sink_schema.size(); ++i)
    if (sink_schema[i].type == Type::kDecimal && sink_schema[i].minor_field == file.money->field) return {i};
  const auto same = sink_schema.find(file.money->field);
  if (same != Schema::npos && sink_schema[same].type == Type::kInt64) return {same};
  return {};
}

void Accountant::bind(const Schema& sink_schema) {
  sink_schema_ = sink_schema;
  witness_ = MoneyWitness::find(file_, sink_schema);
}

void Accountant::stamp(store::StoredLetter& letter, const std::string& stage, const Status& why) const {
  letter.pipeline = file_.name;
  letter.source_id = file_.source_id;
  letter.letter_id = ledger::letter_id(letter.pipeline, letter.source_id, letter.source_key, letter.record_hash);
  letter.stage = stage;
  if (const auto owner = owners_.find(stage); owner != owners_.end()) {
    letter.plugin = owner->second.plugin;
    letter.plugin_version = owner->second.version;
  }
  letter.reason = why;
  letter.first_seen_ms = letter.last_seen_ms = letter.next_attempt_ms = clock_.now_unix_ms();
}

store::StoredLetter Accountant::letter_of(const PreparedBatch& batch, std::int64_t row, const std::string& stage,
                                          const Status& why) const {
  const auto view = batch.source.view(batch.source_schema);
  store::StoredLetter letter;
  letter.source_key = ledger::source_key(view, row);
  letter.record_hash = ledger::record_hash(view, row);
  letter.record = ledger::snapshot_json(view, row);
  letter.schema = ledger::schema_json(batch.source_schema);
  note_amount(letter, batch, batch.amounts[static_cast<std::size_t>(row)]);
  stamp(letter, stage, why);
  return letter;
}

store::StoredLetter Accountant::unreadable_letter(const plugins::RejectedRecord& record) const {
  store::StoredLetter letter;
  letter.record_hash = ledger::content_hash(record.raw);
  letter.source_key = record.key.empty() ? letter.record_hash : record.key;
  letter.raw = record.raw;
  letter.position = record.position;
  stamp(letter, file_.source.use, record.why);
  return letter;
}

Status Accountant::prepare(PreparedBatch& batch) {
  if (!known_.any()) return {};
  const auto source = batch.source.view(batch.source_schema);
  std::vector<std::int64_t> kept, origin;
  for (std::size_t i = 0; i < batch.arriving.origin.size(); ++i) {
    SENTINEL_ASSIGN(const bool is_settled, known_.landed_edited(source, batch.arriving.origin[i]));
    if (is_settled) {
      batch.settled.push_back(batch.arriving.origin[i]);
      continue;
    }
    kept.push_back(static_cast<std::int64_t>(i));
    origin.push_back(batch.arriving.origin[i]);
  }
  if (kept.size() == batch.arriving.origin.size()) return {};
  batch.arriving.rows = select_rows(batch.arriving.rows.view(sink_schema_), kept);
  batch.arriving.origin = std::move(origin);
  return {};
}

// Another version of a record supersedes its open letters, and an edit that landed.
Status Accountant::close_older(Work& work, const std::string& key, const std::string& record_hash,
                               const std::string& keep_id) {
  SENTINEL_ASSIGN(const auto facts, known_.of_key(key));
  for (const auto& fact : facts) {
    if (fact.landed_edited() && fact.record_hash != record_hash) work.account.superseded.push_back(fact.letter_id);
    if (!store::is_open(fact.status) || fact.letter_id == keep_id) continue;
    work.supersede(fact.letter_id);
  }
  return {};
}

Status Accountant::pass(Work& work, std::int64_t row, BalanceLine line) {
  work.count(line, work.amount(row));
  if (!known_.any() || work.batch.departing.is_deleted) return {};
  const auto source = work.batch.source.view(work.batch.source_schema);
  const auto key = ledger::source_key(source, row);
  if (!known_.may_have(key)) return {};
  return close_older(work, key, ledger::record_hash(source, row), "");
}

// A record that is owed: known already, settled by an operator or by its edit, or new.
Status Accountant::dead_letter(Work& work, store::StoredLetter letter, const Amount& amount) {
  SENTINEL_ASSIGN(const auto facts, known_.of_key(letter.source_key));
  const auto same =
      std::find_if(facts.begin(), facts.end(), [&](const auto& fact) { return fact.letter_id == letter.letter_id; });
  if (same != facts.end() && same->settles()) {
    work.count(BalanceLine::kSettled, amount);
    return {};
  }
  work.count(BalanceLine::kDeadLettered, amount);
  SENTINEL_TRY(close_older(work, letter.source_key, letter.record_hash, letter.letter_id));
  const bool is_known = same != facts.end() && store::is_open(same->status);
  if (!is_known) {
    ++work.account.new_records;
    ++work.account.new_rejects;
    work.account.facts.push_back(
        {LetterState::kOpen, letter.letter_id, letter.source_key, letter.record_hash, letter.minor, letter.currency});
  }
  work.account.to_store.push_back(std::move(letter));
  return {};
}

Result<Account> Accountant::settle(const PreparedBatch& batch, const plugins::WrittenBatch& written) {
  Work work{batch, {}};
  for (std::int64_t row = 0; row < batch.source.rows(); ++row) work.count(BalanceLine::kRead, work.amount(row));
  for (std::size_t i = 0; i < batch.unreadable.size(); ++i) {
    const auto& amount = batch.unreadable_amounts[i];
    work.count(BalanceLine::kRead, amount);
    auto letter = unreadable_letter(batch.unreadable[i]);
    note_amount(letter, batch, amount);
    SENTINEL_TRY(dead_letter(work, std::move(letter), amount));
  }
  for (const auto row : batch.settled) work.count(BalanceLine::kSettled, work.amount(row));
  for (const auto row : batch.filtered) SENTINEL_TRY(pass(work, row, BalanceLine::kFiltered));
  for (std::size_t i = 0; i < batch.departing.origin.size(); ++i)
    SENTINEL_TRY(pass(work, batch.departing.origin[i], written.departing[i]));
  for (const auto& rejection : batch.rejected)
    SENTINEL_TRY(
        dead_letter(work, letter_of(batch, rejection.row, rejection.stage, rejection.why), work.amount(rejection.row)));
  for (const auto& rejected : written.rejected) {
    const auto row = batch.arriving.origin[static_cast<std::size_t>(rejected.row)];
    SENTINEL_TRY(dead_letter(work, letter_of(batch, row, file_.sink.use, rejected.why), work.amount(row)));
  }
  for (std::size_t i = 0; i < written.outcome.size(); ++i) {
    if (written.outcome[i] == Outcome::kRejected) continue;
    if (lands(written.outcome[i])) ++work.account.new_records;
    SENTINEL_TRY(pass(work, batch.arriving.origin[i], line_of(written.outcome[i])));
  }
  for (const auto& id : batch.departing.obsolete_letters) work.supersede(id);
  if (batch.departing.is_deleted) work.account.superseded_reason = "its record was deleted in the source";
  SENTINEL_TRY(work.account.balance.check());
  SENTINEL_TRY(witness_.check(batch, sink_schema_, file_.money ? static_cast<int>(file_.money->exponent) : 0, written,
                              work.account.balance));
  return std::move(work.account);
}

Status Accountant::committed(const Account& account) {
  for (const auto& letter : account.to_store) known_.add(letter.source_key);
  return {};
}

Status MoneyWitness::check(const PreparedBatch& batch, const Schema& sink_schema, int exponent,
                           const plugins::WrittenBatch& written, const Balance& balance) const {
  if (column == Schema::npos) return {};
  const auto values = batch.arriving.rows.view(sink_schema).column(column);
  std::map<std::string, int128> landed;
  for (std::size_t i = 0; i < written.outcome.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const auto& amount = batch.amounts[static_cast<std::size_t>(batch.arriving.origin[i])];
    if (!lands(written.outcome[i]) || values.is_null(row)) continue;
    if (!amount.known()) return internal_error("an amount landed that was never read");
    auto minor = static_cast<int128>(0);
    if (values.type() == Type::kInt64)
      minor = values.int64(row);
    else {
      SENTINEL_ASSIGN(const auto scaled, values.decimal(row).rescaled(exponent));
      minor = scaled.unscaled;
    }
    landed[batch.currencies[static_cast<std::size_t>(amount.currency)]] += minor;
  }
  for (const auto& [currency, sums] : balance.money()) {
    const auto expected = sums[SENTINEL_BALANCE_INSERTED] + sums[SENTINEL_BALANCE_UPDATED];
    const auto found = landed.contains(currency) ? landed.at(currency) : 0;
    if (found != expected)
      return internal_error(
          fmt::format("the money does not balance: {} {} in minor units were read to land, {} were handed to the sink",
                      currency, sentinel::to_string(expected), sentinel::to_string(found)));
  }
  return {};
}

}  // namespace sentinel::engine
