// One batch at a time, exactly once.
#include "engine/delivery/delivery.hpp"

#include "engine/telemetry/fail_point.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sentinel::engine {

using telemetry::pass_fail_point;

namespace {

// "17 of 40 by validate: field \"email\" is no e-mail address"
std::string most_frequent_reason(const Account& account) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& letter : account.to_store) ++counts[letter.stage + ": " + letter.why.message()];
  const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  return most == counts.end() ? "" : fmt::format("{} of {} by {}", most->second, account.to_store.size(), most->first);
}

}  // namespace

std::string checkpoint_name(const std::string& source_id) { return "checkpoint/" + source_id; }

Status Delivery::resume(const ResumeRequest& request) {
  if (!place_.sink.is_transactional()) {
    SENTINEL_ASSIGN(auto saved, place_.store.state(place_.file.name, checkpoint_name(place_.file.source_id)));
    lane_ = {};
    lane_.cursor = saved.value_or("");
    return {};
  }
  SENTINEL_ASSIGN(auto lanes, place_.sink.resume(request));
  lane_ = std::move(lanes.front());
  return {};
}

Result<Delivery::Answer> Delivery::deliver(PreparedBatch& batch) {
  SENTINEL_TRY(accountant_.set_settled_aside(batch));
  while (true) {
    auto answer = try_once(batch);
    if (answer) {
      attempts_.succeeded();
      return answer;
    }
    SENTINEL_TRY(attempts_.pause(answer.error()));
  }
}

Result<Delivery::Answer> Delivery::try_once(const PreparedBatch& batch) {
  const auto delivery = place_.services.random_hex(32);
  Claim claim{lane_.lane, lane_.epoch, lane_.seq + 1, delivery, {}};
  auto written = place_.sink.write(batch.sink, place_.sink.is_transactional() ? &claim : nullptr);
  if (!written) return roll_back(place_, std::move(written).error());
  if (auto left = apply_departures(place_, batch, accountant_.sink_schema(), *written); !left.ok())
    return roll_back(place_, std::move(left));
  pass_fail_point("deliver.written");

  auto account = accountant_.settle(batch, *written);
  if (!account) return roll_back(place_, std::move(account).error());
  if (breaker_.would_open(account->new_records, account->new_rejects)) {
    SENTINEL_TRY(roll_back(place_, {}));
    breaker_reason_ = most_frequent_reason(*account);
    SENTINEL_TRY(breaker_.open(place_.services.clock().now_unix_ms()));
    return Answer::kBreakerOpened;
  }
  if (auto room = check_room(*account); !room.ok()) return roll_back(place_, std::move(room));
  if (!account->to_store.empty()) {
    auto stored = place_.store.add_pending(delivery, account->to_store);
    if (!stored.ok()) return roll_back(place_, std::move(stored));
  }
  pass_fail_point("deliver.stored");
  if (auto committed = commit(batch, *account, claim); !committed.ok()) {
    // Whether letters of an unknown outcome are facts, the next start learns from the destination.
    if (committed.code() != Code::kUnknownOutcome && committed.code() != Code::kFenced && !account->to_store.empty())
      SENTINEL_TRY(place_.store.drop(delivery));
    return committed;
  }
  pass_fail_point("deliver.committed");
  // The batch is in the target: whatever fails from here on must never send it again.
  if (auto concluded = conclude(batch, *account, delivery); !concluded.ok())
    return std::move(concluded)
        .with_code(Code::kStorage)
        .prefixed("the batch is committed, but the state folder could not note it: ");
  pass_fail_point("deliver.confirmed");
  return Answer::kDelivered;
}

// Letters are never dropped to make room: the batch that would be too much is not committed.
Status Delivery::check_room(const Account& account) {
  const auto limit = place_.file.dead_letter.max_letters;
  if (limit == 0 || account.new_rejects == 0) return {};
  SENTINEL_ASSIGN(const auto open, place_.store.count_open(place_.file.name));
  if (open + static_cast<std::int64_t>(account.new_rejects) <= limit) return {};
  return {Code::kStorage,
          fmt::format("{} dead letters are open and this batch would add {}, more than dead_letter.max_letters {}; the "
                      "batch is rolled back and nothing is lost: mend the source or the rule, close letters with "
                      "\"sentinel dlq retry {}\" or \"sentinel dlq discard\", or raise max_letters, and run again",
                      open, account.new_rejects, limit, place_.file.name)};
}

// Ok: the batch is in the target. Any other answer but kUnknownOutcome: it is not.
Status Delivery::commit(const PreparedBatch& batch, const Account& account, const Claim& claim) {
  if (place_.sink.writes_whole_runs()) return {};  // each run begins at the beginning: there is no checkpoint
  if (!place_.sink.is_transactional())
    return place_.store.set_state(place_.file.name, checkpoint_name(place_.file.source_id), batch.next_cursor);
  Seal seal;
  seal.claim = claim;
  seal.next_cursor = batch.next_cursor;
  seal.letters = account.facts;
  seal.records = account.balance.records();
  seal.amount_unknown = account.balance.amount_unknown();
  seal.money = account.balance.money_lines();
  return commit_and_resolve(place_, seal);
}

Status Delivery::conclude(const PreparedBatch& batch, const Account& account, const std::string& delivery) {
  ++lane_.seq;
  lane_.cursor = batch.next_cursor;
  total_.add(account.balance);
  if (!account.to_store.empty()) {
    SENTINEL_TRY(place_.store.confirm(delivery));
    for (const auto& letter : account.to_store) known_.add(letter.source_key);
    new_letters_ += account.new_rejects;
  }
  if (!account.superseded.empty())
    SENTINEL_TRY(
        place_.store.close(account.superseded, store::LetterStatus::kSuperseded,
                           batch.is_deleted ? "its record is gone from the source" : "a later read took its place"));
  return breaker_.passed(account.new_records, account.new_rejects);
}

Status Delivery::heartbeat() {
  if (!place_.sink.is_transactional()) return {};
  auto status = place_.sink.heartbeat();
  return is_retryable(status.code()) ? Status() : status;  // the next write finds out, and waits
}

}  // namespace sentinel::engine
