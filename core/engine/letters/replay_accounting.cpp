// Gives each letter one outcome, and each record one line of the balance.
#include "engine/letters/replay_accounting.hpp"

#include "engine/ledger/record_snapshot.hpp"

namespace sentinel::engine {

using store::LetterStatus;

void ReplayAccounting::bind(const Schema& sink_schema) {
  LetterAccounting::bind(sink_schema);
  witness_ = MoneyWitness::find(file_, sink_schema);
}

Result<Account> ReplayAccounting::settle(const PreparedBatch& batch, const plugins::WrittenBatch& written) {
  fates_ = {};
  add_dropped(batch, written);
  add_written(batch, written);
  SENTINEL_TRY(fates_.balance.check());
  SENTINEL_TRY(witness_.check(batch, sink_schema(), report_.exponent, written, fates_.balance));
  Account account;
  account.balance = fates_.balance;
  account.facts = facts();
  return account;
}

void ReplayAccounting::add(const PreparedBatch& batch, std::int64_t row, BalanceLine line) {
  add(batch, batch.amounts[static_cast<std::size_t>(row)], line);
}

void ReplayAccounting::add(const PreparedBatch& batch, const Amount& amount, BalanceLine line) {
  fates_.balance.add_record(BalanceLine::kRead);
  fates_.balance.add_record(line);
  if (!amount.known()) return;
  for (const auto each : {BalanceLine::kRead, line})
    fates_.balance.add_money(each, batch.currencies[static_cast<std::size_t>(amount.currency)], amount.minor);
}

void ReplayAccounting::fail(const PreparedBatch& batch, std::int64_t row, const std::string& stage,
                            const Status& reason) {
  const auto& one = letter(row);
  // The letter keeps its own record: a reason that belongs to a later version of it must say so.
  const bool is_later =
      !one.is_edited && ledger::record_hash(batch.source.view(batch.source_schema), row) != one.record_hash;
  fates_.failed.push_back(
      {&one, stage, is_later ? Status(reason).prefixed("as the source holds the record now: ") : reason});
  add(batch, row, BalanceLine::kDeadLettered);
}

// Records that did not reach the sink.
void ReplayAccounting::add_dropped(const PreparedBatch& batch, const plugins::WrittenBatch& written) {
  for (std::size_t i = 0; i < batch.unreadable.size(); ++i) {
    const auto row = batch.source.rows() + static_cast<std::int64_t>(i);
    fates_.failed.push_back({&letter(row), file_.source.use, batch.unreadable[i].why});
    add(batch, batch.unreadable_amounts[i], BalanceLine::kDeadLettered);
  }
  for (const auto row : batch.filtered) {
    fates_.filtered.push_back(letter(row).letter_id);
    add(batch, row, BalanceLine::kFiltered);
  }
  for (std::size_t i = 0; i < batch.departing.origin.size(); ++i) {
    const auto row = batch.departing.origin[i];
    fates_.filtered.push_back(letter(row).letter_id);
    add(batch, row, written.departing[i]);
  }
  for (const auto& rejection : batch.rejected) fail(batch, rejection.row, rejection.stage, rejection.why);
}

void ReplayAccounting::add_written(const PreparedBatch& batch, const plugins::WrittenBatch& written) {
  for (const auto& rejected : written.rejected)
    fail(batch, batch.arriving.origin[static_cast<std::size_t>(rejected.row)], file_.sink.use, rejected.why);
  for (std::size_t i = 0; i < written.outcome.size(); ++i) {
    if (written.outcome[i] == Outcome::kRejected) continue;
    const auto row = batch.arriving.origin[i];
    const bool is_closed = written.outcome[i] == Outcome::kClosed;
    (is_closed ? fates_.closed : fates_.recovered).push_back(letter(row).letter_id);
    add(batch, row, is_closed ? BalanceLine::kSettled : line_of(written.outcome[i]));
  }
}

// The sink has set every claimed letter to recovered; one whose row it then rejected is owed again.
std::vector<Letter> ReplayAccounting::facts() const {
  std::vector<Letter> facts;
  for (const auto& failure : fates_.failed) {
    if (failure.stage != file_.sink.use) continue;
    const auto& one = *failure.letter;
    facts.push_back({LetterState::kOpen, one.letter_id, one.source_key, one.record_hash, one.minor, one.currency});
  }
  for (const auto& id : fates_.filtered) {
    auto& fact = facts.emplace_back();
    fact.state = LetterState::kSuperseded;
    fact.letter_id = id;
  }
  return facts;
}

Status ReplayAccounting::committed(const Account&) {
  report_.balance.add(fates_.balance);
  report_.recovered += fates_.recovered.size();
  report_.closed_elsewhere += fates_.closed.size();
  report_.filtered += fates_.filtered.size();
  report_.failed_again += fates_.failed.size();
  auto& store = lane_->store();
  const auto close = [&](const std::vector<std::string>& ids, LetterStatus status, std::string_view note) {
    return ids.empty() ? Status() : store.close(ids, status, note);
  };
  SENTINEL_TRY(close(fates_.recovered, LetterStatus::kRecovered, "landed by replay"));
  SENTINEL_TRY(close(fates_.closed, LetterStatus::kSuperseded, "closed in the target"));
  SENTINEL_TRY(close(fates_.filtered, LetterStatus::kSuperseded, "filtered by today's pipeline"));
  const auto now_ms = services_.clock().now_unix_ms();
  for (const auto& failure : fates_.failed) {
    const auto attempts = failure.letter->attempts + 1;
    SENTINEL_TRY(store.failed_again(failure.letter->letter_id, failure.reason, failure.stage,
                                    stages::DeadLetter::next_attempt_ms(now_ms, attempts),
                                    lane_->dead_letter().is_quarantined_after(attempts), file_.mapping_hash));
  }
  return {};
}

}  // namespace sentinel::engine
