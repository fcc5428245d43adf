// Retry, rollback, commit, resolve.
#include "engine/delivery/protocol.hpp"

#include "engine/flow/target_key.hpp"

#include <fmt/format.h>

#include <map>

namespace sentinel::engine {

Status Attempts::pause(const Status& fault) {
  if (fault.code() == Code::kUnavailable || fault.code() == Code::kThrottled) return outage_.wait(fault);
  if (fault.code() != Code::kTransient) return fault;
  if (++transient_ >= place_.file.retry.max_attempts) {
    auto status = fault;
    return std::move(status).prefixed(fmt::format("tried {} times: ", transient_));
  }
  auto& clock = place_.services.clock();
  const auto wait = backoff(place_.file.retry, transient_, place_.services);
  if (clock.wait_until(clock.steady_ms() + wait.count(), place_.services.stop()))
    return {Code::kCancelled, "stopped while waiting"};
  return {};
}

void Attempts::succeeded() {
  outage_.over();
  transient_ = 0;
}

Status apply_departures(const Workplace& place, const PreparedBatch& batch, const Schema& sink_schema,
                        plugins::WrittenBatch& written) {
  written.departing.assign(batch.departing_origin.size(), BalanceLine::kFiltered);
  if (batch.departing_origin.empty()) return {};
  SENTINEL_ASSIGN(const auto fields, place.sink.key_fields());
  const auto key = columns_of(sink_schema, fields);
  std::map<std::string, std::int64_t> arrives;  // target key -> the last source row
  const auto arriving = batch.sink.view(sink_schema), departing = batch.departing.view(sink_schema);
  for (std::int64_t row = 0; row < arriving.rows(); ++row)
    if (const auto text = target_key(arriving, key, row)) arrives[*text] = batch.origin[static_cast<std::size_t>(row)];
  std::vector<std::int64_t> rows;
  std::vector<Departure> actions;
  for (std::size_t i = 0; i < batch.departing_origin.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const auto text = target_key(departing, key, row);
    if (!text) continue;
    if (const auto again = arrives.find(*text); again != arrives.end() && again->second > batch.departing_origin[i]) {
      written.departing[i] = BalanceLine::kSuperseded;
      continue;
    }
    rows.push_back(row);
    actions.push_back(batch.departing_actions[i]);
  }
  if (rows.empty()) return {};
  SENTINEL_ASSIGN(const auto left, place.sink.depart(select_rows(departing, rows), actions));
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (left[i]) written.departing[static_cast<std::size_t>(rows[i])] = BalanceLine::kDeparted;
  return {};
}

Status roll_back(const Workplace& place, Status fault) {
  if (!place.sink.is_transactional()) return fault;
  const auto rolled_back = place.sink.rollback();
  if (!rolled_back.ok()) place.services.log().warn("rollback: " + rolled_back.message());
  return fault;
}

Status commit_and_resolve(const Workplace& place, const Seal& seal) {
  auto committed = place.sink.commit(seal);
  if (committed.ok()) return {};
  if (committed.code() != Code::kUnknownOutcome) return roll_back(place, std::move(committed));
  place.services.log().warn(committed.message() + "; asking the ledger");
  Attempts attempts(place);
  while (true) {
    const auto verdict = place.sink.resolve(seal.claim);
    if (verdict) {
      if (*verdict == Verdict::kCommitted) return {};
      if (*verdict == Verdict::kFenced)
        return {Code::kFenced,
                fmt::format(
                    "another run took pipeline {} over, and this one writes no more; if that was not meant, look for a "
                    "second timer, cron job or machine that runs it",
                    place.file.name)};
      return {Code::kTransient, "the reply to a commit was lost, and the ledger shows that it did not happen"};
    }
    if (const auto again = attempts.pause(verdict.error()); !again.ok())
      return {
          Code::kUnknownOutcome,
          "whether the last batch was committed is not known yet; the next run asks the ledger: " + again.message()};
  }
}

}  // namespace sentinel::engine
