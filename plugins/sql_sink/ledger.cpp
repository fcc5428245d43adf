// The statements on the tables that Sentinel owns.
#include "sql_sink/ledger.hpp"

#include "sql_sink/dialect/dialect.hpp"

#include <fmt/format.h>

#include <array>

namespace sentinel::sql_sink {
namespace {

using database::Connection;
using database::Value;

Status run(Connection& connection, const std::string& sql, std::span<const Value> values) {
  const auto hit = connection.execute(sql, values);
  return hit ? Status() : hit.error();
}

// What a seal writes into its row of sentinel_batch beside the counts of each line: one line a column. To add a column,
// add its line here and a numbered file to each folder of sql/state (and a field to the seal, if the value is new
// there).
struct SealColumn {
  std::string_view name;
  Value (*value)(const Seal& seal);
};
// Lane -1, the replay of dead letters, reads nothing and so moves no cursor.
std::string cursor_behind(const Seal& seal) { return seal.claim.lane >= 0 ? std::string(seal.next_cursor) : ""; }
constexpr std::array kSealColumns = {
    SealColumn{"amount_unknown",
               [](const Seal& seal) -> Value { return static_cast<std::int64_t>(seal.amount_unknown); }},
    SealColumn{"cursor_to", [](const Seal& seal) -> Value { return cursor_behind(seal); }},
};

// The SET list of an UPDATE and its values, and then the values of its condition.
class Assignments {
 public:
  void add(std::string_view column, Value value) {
    text_ += fmt::format("{}{} = {}", text_.empty() ? "" : ", ", column, mark(std::move(value)));
  }
  // "read_records = :1, …", one column a BalanceLine.
  void add_records(const std::array<std::uint64_t, kBalanceLines>& records) {
    for (std::size_t i = 0; i < kBalanceLines; ++i)
      add(fmt::format("{}_records", kBalanceLineNames[i].column), static_cast<std::int64_t>(records[i]));
  }
  // ":7", for a value that stands elsewhere in the statement.
  std::string mark(Value value) {
    values_.push_back(std::move(value));
    return fmt::format(":{}", values_.size());
  }
  const std::string& text() const { return text_; }
  const std::vector<Value>& values() const { return values_; }

 private:
  std::string text_;
  std::vector<Value> values_;
};

Status taken(const Holding& holding, const Claim& claim) {
  return {Code::kFenced, fmt::format("batch {} of lane {} of pipeline \"{}\" was claimed by another run", claim.seq,
                                     claim.lane, holding.pipeline)};
}

Status record_money(Connection& connection, const Holding& holding, const Seal& seal) {
  std::string columns, marks;
  for (std::size_t i = 0; i < kBalanceLines; ++i) {
    columns += fmt::format(", {}_minor", kBalanceLineNames[i].column);
    marks += fmt::format(", :{}", i + 6);
  }
  const auto sql = fmt::format(
      "INSERT INTO sentinel_batch_money (pipeline, source_id, lane, seq, currency{}) VALUES (:1, :2, :3, :4, :5{})",
      columns, marks);
  const auto& dialect = sink_dialect(connection);
  for (const auto& line : seal.money) {
    std::vector<Value> values{holding.pipeline, holding.source_id, std::int64_t{seal.claim.lane}, seal.claim.seq,
                              line.currency};
    for (const auto& digits : line.minor) values.push_back(dialect.minor_units(digits));
    SENTINEL_TRY(run(connection, sql, values));
  }
  return {};
}

Status open_letter(Connection& connection, const Holding& holding, const Claim& claim, const Letter& letter) {
  const auto& dialect = sink_dialect(connection);
  // An open letter of the same record keeps the time at which it was opened first.
  const auto incoming = [&](std::string_view column) {
    return fmt::format("{} = {}", column, dialect.incoming(column));
  };
  const auto sql = fmt::format(
      "INSERT INTO sentinel_dead_letter (letter_id, pipeline, source_id, source_key, record_hash, lane, seq, minor, "
      "currency, state, "
      "opened_at) VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, {}){}{}, {}, {}, {}, {}, closed_at = NULL",
      now_of(connection), dialect.on_conflict("letter_id"), incoming("state"), incoming("lane"), incoming("seq"),
      incoming("minor"), incoming("currency"));
  const Value minor = letter.minor.empty() ? Value() : dialect.minor_units(letter.minor);
  const std::array<Value, 10> values{letter.letter_id,   holding.pipeline,
                                     holding.source_id,  letter.source_key,
                                     letter.record_hash, std::int64_t{claim.lane},
                                     claim.seq,          minor,
                                     letter.currency,    std::string(to_string(LetterState::kOpen))};
  return run(connection, sql, values);
}

Status close_letter(Connection& connection, const Letter& letter) {
  const std::array<Value, 3> values{std::string(to_string(letter.state)), letter.letter_id,
                                    std::string(to_string(LetterState::kOpen))};
  return run(
      connection,
      fmt::format("UPDATE sentinel_dead_letter SET state = :1, closed_at = {} WHERE letter_id = :2 AND state = :3",
                  now_of(connection)),
      values);
}

}  // namespace

Status claim_batch(Connection& connection, const Holding& holding, const Claim& claim) {
  SENTINEL_ASSIGN(
      const auto hit,
      connection.execute(
          fmt::format("UPDATE sentinel_lane SET seq = :1, connection_id = :2, heartbeat = {} WHERE pipeline = :3 "
                      "AND source_id = :4 AND lane = :5 AND epoch = :6 AND seq = :7",
                      now_of(connection)),
          {claim.seq, connection.connection_id(), holding.pipeline, holding.source_id, std::int64_t{claim.lane},
           claim.epoch, claim.seq - 1}));
  if (hit != 1) return taken(holding, claim);
  // cursor_from comes from the lane itself.
  const std::array<Value, 5> values{std::string(claim.delivery_id), holding.run_id, holding.pipeline, holding.source_id,
                                    std::int64_t{claim.lane}};
  auto made = run(
      connection,
      fmt::format(
          "INSERT INTO sentinel_batch (pipeline, source_id, lane, seq, epoch, delivery_id, run_id, cursor_from, "
          "cursor_to) SELECT pipeline, source_id, lane, seq, epoch, :1, :2, {0}, {0} FROM sentinel_lane WHERE pipeline "
          "= :3 AND source_id = :4 AND lane = :5",
          cursor_of(connection)),
      values);
  return made.code() == Code::kConflict ? taken(holding, claim) : std::move(made);
}

Result<bool> recover_letter(Connection& connection, std::string_view letter_id) {
  SENTINEL_ASSIGN(
      const auto hit,
      connection.execute(
          fmt::format("UPDATE sentinel_dead_letter SET state = 'recovered', closed_at = {} WHERE letter_id = :1 "
                      "AND state = 'open'",
                      now_of(connection)),
          {std::string(letter_id)}));
  return hit == 1;
}

Status record_seal(Connection& connection, const Holding& holding, const Seal& seal) {
  Assignments set;
  set.add_records(seal.records);
  for (const auto& column : kSealColumns) set.add(column.name, column.value(seal));
  const auto where =
      fmt::format("pipeline = {} AND source_id = {} AND lane = {} AND seq = {}", set.mark(holding.pipeline),
                  set.mark(holding.source_id), set.mark(std::int64_t{seal.claim.lane}), set.mark(seal.claim.seq));
  SENTINEL_TRY(run(
      connection,
      fmt::format("UPDATE sentinel_batch SET {}, committed_at = {} WHERE {}", set.text(), now_of(connection), where),
      set.values()));
  SENTINEL_TRY(record_money(connection, holding, seal));
  for (const auto& letter : seal.letters) {
    SENTINEL_TRY(letter.state == LetterState::kOpen ? open_letter(connection, holding, seal.claim, letter)
                                                    : close_letter(connection, letter));
  }
  const std::array<Value, 4> lane{cursor_behind(seal), holding.pipeline, holding.source_id,
                                  std::int64_t{seal.claim.lane}};
  return run(connection,
             fmt::format("UPDATE sentinel_lane SET {} = :1 WHERE pipeline = :2 AND source_id = :3 AND lane = :4",
                         cursor_of(connection)),
             lane);
}

Status letters_of(Connection& connection, const std::string& pipeline,
                  const std::function<void(std::string_view, const Letter&)>& each) {
  constexpr std::size_t kPage = 1000;
  std::string last;
  while (true) {
    SENTINEL_ASSIGN(
        const auto rows,
        connection.query(
            fmt::format("SELECT source_id, letter_id, source_key, record_hash, minor, currency FROM "
                        "sentinel_dead_letter WHERE pipeline = :1 AND state = 'open' AND letter_id > :2 ORDER BY "
                        "letter_id LIMIT {}",
                        kPage),
            {pipeline, last}));
    for (const auto& row : rows) {
      each(row[0].value_or(""), {LetterState::kOpen, row[1].value_or(""), row[2].value_or(""), row[3].value_or(""),
                                 row[4].value_or(""), row[5].value_or("")});
    }
    if (rows.size() < kPage) return {};
    last = rows.back()[1].value_or("");
  }
}

Status start_run(Connection& connection, const ResumeRequest& request) {
  const std::string purpose = request.is_replay ? "replay" : "run";
  // Whoever held these lanes before us has ended, even if it could not record that.
  const std::array<Value, 4> former{std::string("ended without reporting, or was taken over"), request.pipeline,
                                    purpose, request.run_id};
  SENTINEL_TRY(run(connection,
                   fmt::format("UPDATE sentinel_run SET state = 'lost', reason = :1, ended_at = {} WHERE pipeline = :2 "
                               "AND purpose = :3 AND state = 'running' AND run_id <> :4",
                               now_of(connection)),
                   former));
  const std::array<Value, 5> values{request.run_id, request.pipeline, request.source_id, purpose, std::string()};
  return run(connection,
             fmt::format("INSERT INTO sentinel_run (run_id, pipeline, source_id, purpose, state, reason, started_at) "
                         "VALUES (:1, :2, :3, :4, 'running', :5, {}){}",
                         now_of(connection), sink_dialect(connection).unless_there("pipeline")),
             values);
}

Status end_run(Connection& connection, const Holding& holding, const RunSummary& summary) {
  Assignments set;
  set.add("state", summary.state);
  set.add("exit_code", std::int64_t{summary.exit_code});
  set.add("reason", summary.reason);
  set.add_records(summary.records);
  const auto run_id = set.mark(holding.run_id);
  return run(connection,
             fmt::format("UPDATE sentinel_run SET {}, ended_at = {} WHERE run_id = {}", set.text(), now_of(connection),
                         run_id),
             set.values());
}

}  // namespace sentinel::sql_sink
