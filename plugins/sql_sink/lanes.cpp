// Takes, announces, resolves and releases lanes.
#include "sql_sink/lanes.hpp"

#include "database/catalogue.hpp"
#include "sql_sink/dialect/dialect.hpp"
#include "sql_sink/ledger.hpp"

#include <fmt/format.h>

#include <charconv>

namespace sentinel::sql_sink {
namespace {

using database::Connection;
using database::Value;

std::int64_t number(const std::optional<std::string>& cell) {
  std::int64_t value = 0;
  if (cell) std::from_chars(cell->data(), cell->data() + cell->size(), value);
  return value;
}

std::string_view purpose(bool is_replay) { return is_replay ? "lane < 0" : "lane >= 0"; }

// `row` is holder, place and the age of its heartbeat. A foreign holder with a young heartbeat is alive.
Status check_holder(const ResumeRequest& request, const database::Row& row) {
  const auto holder = row[0].value_or("");
  if (request.take_over || holder.empty() || row[1].value_or("") == request.holder_place || !row[2]) return {};
  const auto age_ms = number(row[2]);
  if (age_ms >= request.stale_after.count()) return {};
  return {Code::kFenced, fmt::format("pipeline \"{}\" is held by {} (last sign of life {} s ago); wait, or run with "
                                     "--take-over once you are sure that it is gone",
                                     request.pipeline, holder, age_ms / 1000)};
}

}  // namespace

// Reads without a lock: who waits for the lock of a live holder would take it for a ghost.
Status Lanes::check_holders(Connection& connection, const ResumeRequest& request) const {
  const auto sql = fmt::format("SELECT holder, holder_place, {} FROM sentinel_lane WHERE pipeline = :1 AND {}",
                               sink_dialect(connection).age_ms("heartbeat"), purpose(request.is_replay));
  SENTINEL_ASSIGN(const auto rows, connection.query(sql, {request.pipeline}));
  for (const auto& row : rows) SENTINEL_TRY(check_holder(request, row));
  return {};
}

// By the whole key, row by row: a search would also wait for the lanes of the other purpose.
Status Lanes::raise_epoch(Connection& connection, const ResumeRequest& request, std::int64_t connection_id) const {
  constexpr std::string_view kOne = "WHERE pipeline = :{} AND source_id = :{} AND lane = :{}";
  SENTINEL_ASSIGN(
      const auto names,
      connection.query(fmt::format("SELECT source_id, lane FROM sentinel_lane WHERE pipeline = :1 AND {} ORDER BY 1, 2",
                                   purpose(request.is_replay)),
                       {request.pipeline}));
  for (const auto& name : names) {
    const Value source_id = name[0].value_or(""), lane = number(name[1]);
    SENTINEL_ASSIGN(const auto rows,
                    connection.query(fmt::format("SELECT holder, holder_place, {} FROM sentinel_lane {}{}",
                                                 sink_dialect(connection).age_ms("heartbeat"),
                                                 fmt::format(kOne, 1, 2, 3), sink_dialect(connection).for_update()),
                                     {request.pipeline, source_id, lane}));
    for (const auto& row : rows) SENTINEL_TRY(check_holder(request, row));
    SENTINEL_ASSIGN(
        const auto raised,
        connection.execute(fmt::format("UPDATE sentinel_lane SET epoch = epoch + 1, holder = :1, holder_place = :2, "
                                       "connection_id = :3, heartbeat = {} {}",
                                       now_of(connection), fmt::format(kOne, 4, 5, 6)),
                           {request.holder, request.holder_place, connection_id, request.pipeline, source_id, lane}));
    static_cast<void>(raised);
  }
  return {};
}

Status Lanes::take(Connection& connection, const ResumeRequest& request, std::int64_t connection_id,
                   std::vector<Lane>& taken) const {
  SENTINEL_TRY(check_holders(connection, request));
  const int first = request.is_replay ? -1 : 0, count = request.is_replay ? 1 : request.lanes;
  for (int i = 0; i < count; ++i) {
    SENTINEL_ASSIGN(
        const auto made,
        connection.execute(
            fmt::format("INSERT INTO sentinel_lane (pipeline, source_id, lane, {}) VALUES (:1, :2, :3, :4){}",
                        cursor_of(connection), sink_dialect(connection).unless_there("pipeline")),
            {request.pipeline, request.source_id, std::int64_t{first + i}, std::string()}));
    static_cast<void>(made);
  }
  SENTINEL_TRY(raise_epoch(connection, request, connection_id));
  SENTINEL_ASSIGN(
      const auto rows,
      connection.query(
          fmt::format("SELECT lane, epoch, seq, {} FROM sentinel_lane WHERE pipeline = :1 AND source_id = :2 "
                      "AND lane >= :3 AND lane < :4 ORDER BY lane",
                      cursor_of(connection)),
          {request.pipeline, request.source_id, std::int64_t{first}, std::int64_t{first + count}}));
  taken.clear();
  for (const auto& row : rows)
    taken.push_back({static_cast<std::int32_t>(number(row[0])), number(row[1]), number(row[2]), row[3].value_or("")});
  if (taken.size() != static_cast<std::size_t>(count)) return internal_error("the lanes just made are not there");
  return start_run(connection, request);
}

Result<std::vector<Lane>> Lanes::resume(const ResumeRequest& request, std::int64_t connection_id) {
  std::vector<Lane> taken;
  const auto suspects = [&](Connection& connection) -> Result<std::vector<std::int64_t>> {
    SENTINEL_ASSIGN(const auto rows,
                    connection.query(fmt::format("SELECT DISTINCT connection_id FROM sentinel_lane WHERE pipeline = :1 "
                                                 "AND {}",
                                                 purpose(request.is_replay)),
                                     {request.pipeline}));
    std::vector<std::int64_t> ids;
    for (const auto& row : rows)
      if (number(row[0]) != connection_id) ids.push_back(number(row[0]));
    return ids;
  };
  SENTINEL_TRY(run_past_ghosts(
      session_, host_, patience_,
      [&](Connection& connection) { return take(connection, request, connection_id, taken); }, suspects));
  holding_ = {request.pipeline,     request.source_id, request.run_id, request.holder,
              request.holder_place, request.is_replay, taken,          connection_id};
  return taken;
}

Result<std::vector<std::int64_t>> Lanes::own_connections(Connection& connection) const {
  std::vector<std::int64_t> ids;
  for (const auto& lane : holding_.lanes) {
    SENTINEL_ASSIGN(
        const auto rows,
        connection.query("SELECT connection_id FROM sentinel_lane WHERE pipeline = :1 AND source_id = :2 AND "
                         "lane = :3 AND epoch = :4",
                         {holding_.pipeline, holding_.source_id, std::int64_t{lane.lane}, lane.epoch}));
    if (!rows.empty() && number(rows[0][0]) != 0) ids.push_back(number(rows[0][0]));
  }
  return ids;
}

namespace {

Status fenced(const Holding& holding) {
  return {Code::kFenced, fmt::format("the lanes of pipeline \"{}\" were taken over by another run", holding.pipeline)};
}

// Read without a lock: a run that took the lane committed that before it wrote, so its lock is never waited for.
Result<bool> is_ours(Connection& connection, const Holding& holding, std::int32_t lane, std::int64_t epoch) {
  SENTINEL_ASSIGN(
      const auto rows,
      connection.query("SELECT 1 FROM sentinel_lane WHERE pipeline = :1 AND source_id = :2 AND lane = :3 AND "
                       "epoch = :4",
                       {holding.pipeline, holding.source_id, std::int64_t{lane}, epoch}));
  return !rows.empty();
}

// Updates the heartbeat in the lane's row, which is locked from then on; false if the lane is no longer ours.
Result<bool> beat(Connection& connection, const Holding& holding, std::int32_t lane, std::int64_t epoch) {
  SENTINEL_ASSIGN(const auto hit,
                  connection.execute(
                      fmt::format("UPDATE sentinel_lane SET heartbeat = {} WHERE pipeline = :1 AND source_id = :2 AND "
                                  "lane = :3 AND epoch = :4",
                                  now_of(connection)),
                      {holding.pipeline, holding.source_id, std::int64_t{lane}, epoch}));
  return hit == 1;
}

}  // namespace

Status Lanes::announce(std::int64_t connection_id) {
  if (!is_held() || connection_id == holding_.connection_id) return {};
  const auto work = [&](Connection& connection) -> Status {
    for (const auto& lane : holding_.lanes) {
      SENTINEL_ASSIGN(const bool ours, is_ours(connection, holding_, lane.lane, lane.epoch));
      if (!ours) return fenced(holding_);
      SENTINEL_ASSIGN(
          const auto hit,
          connection.execute(
              fmt::format("UPDATE sentinel_lane SET connection_id = :1, heartbeat = {} WHERE pipeline = :2 AND "
                          "source_id = :3 AND lane = :4 AND epoch = :5",
                          now_of(connection)),
              {connection_id, holding_.pipeline, holding_.source_id, std::int64_t{lane.lane}, lane.epoch}));
      if (hit != 1) return fenced(holding_);
    }
    return {};
  };
  SENTINEL_TRY(run_past_ghosts(session_, host_, patience_, work,
                               [&](Connection& connection) { return own_connections(connection); }));
  holding_.connection_id = connection_id;
  return {};
}

Result<Verdict> Lanes::resolve(const Claim& claim) const {
  auto verdict = Verdict::kFenced;
  const auto work = [&](Connection& connection) -> Status {
    verdict = Verdict::kFenced;
    SENTINEL_ASSIGN(const bool ours, is_ours(connection, holding_, claim.lane, claim.epoch));
    if (!ours) return {};
    SENTINEL_ASSIGN(const bool is_alive, beat(connection, holding_, claim.lane, claim.epoch));
    if (!is_alive) return {};
    // The lane's row is ours now: no delivery of this seq can still be under way.
    SENTINEL_ASSIGN(
        const auto rows,
        connection.query(
            "SELECT delivery_id FROM sentinel_batch WHERE pipeline = :1 AND source_id = :2 AND lane = :3 AND "
            "seq = :4",
            {holding_.pipeline, holding_.source_id, std::int64_t{claim.lane}, claim.seq}));
    if (rows.empty()) {
      verdict = Verdict::kNotCommitted;
    } else if (rows[0][0].value_or("") == claim.delivery_id) {
      verdict = Verdict::kCommitted;
    }
    return {};
  };
  SENTINEL_TRY(run_past_ghosts(session_, host_, patience_, work,
                               [&](Connection& connection) { return own_connections(connection); }));
  return verdict;
}

Status Lanes::heartbeat(Connection& connection) const {
  for (const auto& lane : holding_.lanes) {
    SENTINEL_ASSIGN(const bool is_alive, beat(connection, holding_, lane.lane, lane.epoch));
    if (!is_alive) return fenced(holding_);
  }
  return {};
}

Status Lanes::release(Connection& connection) const {
  SENTINEL_ASSIGN(
      const auto hit,
      connection.execute(fmt::format("UPDATE sentinel_lane SET holder = '', holder_place = '', connection_id = 0 WHERE "
                                     "pipeline = :1 AND holder = :2 AND {}",
                                     purpose(holding_.is_replay)),
                         {holding_.pipeline, holding_.holder}));
  static_cast<void>(hit);
  return {};
}

Status report_lanes(Connection& connection, const std::string& pipeline,
                    const std::function<void(const LaneState&)>& each) {
  SENTINEL_ASSIGN(const auto table, database::describe_table(connection, "sentinel_lane"));
  if (!table) return {};
  SENTINEL_ASSIGN(const auto rows,
                  connection.query(fmt::format("SELECT source_id, lane, epoch, seq, {}, holder, {} FROM sentinel_lane "
                                               "WHERE pipeline = :1 ORDER BY source_id, lane",
                                               cursor_of(connection), sink_dialect(connection).age_ms("heartbeat")),
                                   {pipeline}));
  for (const auto& row : rows)
    each({static_cast<std::int32_t>(number(row[1])), number(row[2]), number(row[3]), row[0].value_or(""),
          row[4].value_or(""), row[5].value_or(""), row[6] ? number(row[6]) : -1});
  return {};
}

}  // namespace sentinel::sql_sink
