// Delivers one batch at a time, exactly once. Read it top down: deliver, attempt, and the steps of an attempt.
#include "engine/delivery/delivery.hpp"

#include "engine/delivery/commit.hpp"
#include "engine/delivery/departures.hpp"
#include "engine/telemetry/fail_point.hpp"

namespace sentinel::engine {

std::string checkpoint_name(const std::string& source_id) { return "checkpoint/" + source_id; }

Status Delivery::resume(const ResumeRequest& request) {
  is_replay_ = request.is_replay;
  lane_ = {};
  if (place_.sink.is_transactional()) {
    SENTINEL_ASSIGN(auto lanes, place_.sink.resume(request));
    lane_ = std::move(lanes.front());
  } else if (!is_replay_) {
    SENTINEL_ASSIGN(auto saved, place_.store.state(place_.file.name, checkpoint_name(place_.file.source_id)));
    lane_.cursor = saved.value_or("");
  }
  return {};
}

Status Delivery::deliver(PreparedBatch& batch, std::span<const std::string_view> letters) {
  SENTINEL_TRY(accounting_.prepare(batch));
  stages::Attempts attempts(place_.file, place_.services);
  plugins::WriteProgress progress;  // a sink of level 1 is never sent again what it accepted
  while (true) {
    const auto accepted_before = progress.accepted_rows();
    const auto delivered = attempt(batch, letters, progress);
    if (delivered.ok() || progress.accepted_rows() > accepted_before) attempts.after_success();
    if (delivered.ok()) return {};
    SENTINEL_TRY(attempts.after_failure(delivered));
  }
}

Status Delivery::attempt(const PreparedBatch& batch, std::span<const std::string_view> letters,
                         plugins::WriteProgress& progress) {
  SENTINEL_TRY(batch.arriving.rows.fault());
  SENTINEL_TRY(batch.departing.rows.fault());
  const auto delivery_id = place_.services.random_hex(32);
  const Claim claim{lane_.lane, lane_.epoch, lane_.seq + 1, delivery_id, {letters.begin(), letters.end()}};

  // At level 2 the transaction is open from here on.
  auto written = write(batch, claim, progress);
  if (!written) return roll_back(place_, std::move(written).error());
  pass_fail_point("written");

  auto account = accounting_.settle(batch, *written);
  if (!account) return roll_back(place_, std::move(account).error());

  const stages::CommittingBatch committing{delivery_id,       account->new_records, account->new_rejects,
                                           account->to_store, account->superseded,  account->superseded_reason};
  if (auto agreed = stages_.before_commit(committing); !agreed.ok()) return roll_back(place_, std::move(agreed));
  pass_fail_point("stored");

  if (auto committed = commit(batch, *account, claim); !committed.ok()) {
    // Whether letters of an unknown outcome are facts, the next start learns from the target.
    if (committed.code() != Code::kUnknownOutcome && committed.code() != Code::kFenced)
      SENTINEL_TRY(stages_.after_rollback(committing));
    return committed;
  }
  pass_fail_point("committed");

  // The batch is in the target: whatever fails from here on must never send it again.
  if (auto concluded = conclude(batch, *account, committing); !concluded.ok())
    return std::move(concluded)
        .with_code(Code::kStorage)
        .prefixed("the batch is committed, but the state folder could not record it: ");
  pass_fail_point("confirmed");
  return {};
}

Result<plugins::WrittenBatch> Delivery::write(const PreparedBatch& batch, const Claim& claim,
                                              plugins::WriteProgress& progress) {
  SENTINEL_ASSIGN(auto written,
                  place_.sink.write(batch.arriving.rows, place_.sink.is_transactional() ? &claim : nullptr, &progress));
  SENTINEL_TRY(apply_departures(place_, batch, accounting_.sink_schema(), written));
  return written;
}

// Ok: the batch is in the target. Any other answer but kUnknownOutcome: it is not.
Status Delivery::commit(const PreparedBatch& batch, const Account& account, Claim claim) {
  if (place_.sink.is_transactional()) {
    Seal seal;
    seal.claim = std::move(claim);
    seal.claim.letter_ids.clear();
    seal.next_cursor = batch.next_cursor;
    seal.letters = account.facts;
    seal.records = account.balance.records();
    seal.amount_unknown = account.balance.amount_unknown();
    seal.money = account.balance.money_lines();
    return commit_and_resolve(place_, seal);
  }
  // A sink that writes whole runs has no checkpoint: each run begins at the beginning.
  if (place_.sink.writes_whole_runs() || is_replay_) return {};
  return place_.store.set_state(place_.file.name, checkpoint_name(place_.file.source_id), batch.next_cursor);
}

Status Delivery::conclude(const PreparedBatch& batch, const Account& account,
                          const stages::CommittingBatch& committed) {
  ++lane_.seq;
  lane_.cursor = batch.next_cursor;
  total_.add(account.balance);
  new_letters_ += account.new_rejects;
  SENTINEL_TRY(stages_.after_commit(committed));
  return accounting_.committed(account);
}

Status Delivery::heartbeat() {
  if (!place_.sink.is_transactional()) return {};
  auto status = place_.sink.heartbeat();
  return is_retryable(status.code()) ? Status() : status;  // the next write finds out, and waits
}

void Delivery::pass_fail_point(std::string_view step) const {
  telemetry::pass_fail_point(std::string(is_replay_ ? "replay." : "deliver.") + std::string(step));
}

}  // namespace sentinel::engine
