// Writes the rows of the tables that Sentinel owns.
#include "sql_sink/ledger.hpp"

#include "sql_sink/state_tables.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace sentinel::sql_sink {
namespace {

using database::Connection;
using database::Dialect;
using database::Value;

Status run(Connection& connection, const std::string& sql, std::span<const Value> values) {
  const auto hit = connection.execute(sql, values);
  return hit ? Status() : hit.error();
}

// "a = :1, b = :2" from the number on.
std::string assignments(std::string_view suffix, std::size_t first) {
  std::string text;
  for (std::size_t i = 0; i < kBalanceLines; ++i)
    text += fmt::format("{}{}{} = :{}", i == 0 ? "" : ", ", kBalanceLineNames[i].column, suffix, first + i);
  return text;
}

void add_records(std::vector<Value>& values, const std::array<std::uint64_t, kBalanceLines>& records) {
  for (const auto count : records) values.emplace_back(static_cast<std::int64_t>(count));
}

// SQLite keeps an integer beyond 64 bits as text; the others have exact decimals.
Value minor_value(Dialect dialect, const std::string& digits) {
  const auto text = digits.empty() ? std::string("0") : digits;
  if (dialect != Dialect::kSqlite) return text;
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size()) return number;
  return text;
}

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
  for (const auto& line : seal.money) {
    std::vector<Value> values{holding.pipeline, holding.source_id, std::int64_t{seal.claim.lane}, seal.claim.seq,
                              line.currency};
    for (const auto& digits : line.minor) values.push_back(minor_value(connection.dialect(), digits));
    SENTINEL_TRY(run(connection, sql, values));
  }
  return {};
}

Status open_letter(Connection& connection, const Holding& holding, const Claim& claim, const Letter& letter) {
  const auto dialect = connection.dialect();
  // An open letter of the same record keeps the time at which it was opened first.
  const std::string_view again =
      dialect == Dialect::kMysql ? " ON DUPLICATE KEY UPDATE " : " ON CONFLICT (letter_id) DO UPDATE SET ";
  const auto incoming = [&](std::string_view column) {
    return dialect == Dialect::kMysql ? fmt::format("{0} = VALUES({0})", column)
                                      : fmt::format("{0} = excluded.{0}", column);
  };
  const auto sql = fmt::format(
      "INSERT INTO sentinel_dead_letter (letter_id, pipeline, source_id, source_key, record_hash, lane, seq, minor, "
      "currency, state, "
      "opened_at) VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, {}){}{}, {}, {}, {}, {}, closed_at = NULL",
      sql_now(dialect), again, incoming("state"), incoming("lane"), incoming("seq"), incoming("minor"),
      incoming("currency"));
  const Value minor = letter.minor.empty() ? Value() : minor_value(dialect, letter.minor);
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
                  sql_now(connection.dialect())),
      values);
}

}  // namespace

Status claim_batch(Connection& connection, const Holding& holding, const Claim& claim) {
  const auto dialect = connection.dialect();
  SENTINEL_ASSIGN(
      const auto hit,
      connection.execute(
          fmt::format("UPDATE sentinel_lane SET seq = :1, connection_id = :2, heartbeat = {} WHERE pipeline = :3 "
                      "AND source_id = :4 AND lane = :5 AND epoch = :6 AND seq = :7",
                      sql_now(dialect)),
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
          sql_cursor(dialect)),
      values);
  return made.code() == Code::kConflict ? taken(holding, claim) : std::move(made);
}

Result<bool> recover_letter(Connection& connection, std::string_view letter_id) {
  SENTINEL_ASSIGN(
      const auto hit,
      connection.execute(
          fmt::format("UPDATE sentinel_dead_letter SET state = 'recovered', closed_at = {} WHERE letter_id = :1 "
                      "AND state = 'open'",
                      sql_now(connection.dialect())),
          {std::string(letter_id)}));
  return hit == 1;
}

Status record_seal(Connection& connection, const Holding& holding, const Seal& seal) {
  const auto dialect = connection.dialect();
  const std::string cursor(seal.claim.lane >= 0 ? seal.next_cursor : std::string_view());
  std::vector<Value> values;
  add_records(values, seal.records);
  values.emplace_back(static_cast<std::int64_t>(seal.amount_unknown));
  values.emplace_back(cursor);
  for (const Value& key :
       {Value(holding.pipeline), Value(holding.source_id), Value(std::int64_t{seal.claim.lane}), Value(seal.claim.seq)})
    values.push_back(key);
  SENTINEL_TRY(run(
      connection,
      fmt::format(
          "UPDATE sentinel_batch SET {}, amount_unknown = :{}, cursor_to = :{}, committed_at = {} WHERE pipeline = :{} "
          "AND source_id = :{} AND lane = :{} AND seq = :{}",
          assignments("_records", 1), kBalanceLines + 1, kBalanceLines + 2, sql_now(dialect), kBalanceLines + 3,
          kBalanceLines + 4, kBalanceLines + 5, kBalanceLines + 6),
      values));
  SENTINEL_TRY(record_money(connection, holding, seal));
  for (const auto& letter : seal.letters) {
    SENTINEL_TRY(letter.state == LetterState::kOpen ? open_letter(connection, holding, seal.claim, letter)
                                                    : close_letter(connection, letter));
  }
  const std::array<Value, 4> lane{cursor, holding.pipeline, holding.source_id, std::int64_t{seal.claim.lane}};
  return run(connection,
             fmt::format("UPDATE sentinel_lane SET {} = :1 WHERE pipeline = :2 AND source_id = :3 AND lane = :4",
                         sql_cursor(dialect)),
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
  const auto dialect = connection.dialect();
  const std::string purpose = request.is_replay ? "replay" : "run";
  // Whoever held these lanes before us is over, even where nobody could say so.
  const std::array<Value, 4> former{std::string("ended without a word, or taken over"), request.pipeline, purpose,
                                    request.run_id};
  SENTINEL_TRY(run(connection,
                   fmt::format("UPDATE sentinel_run SET state = 'lost', reason = :1, ended_at = {} WHERE pipeline = :2 "
                               "AND purpose = :3 AND state = 'running' AND run_id <> :4",
                               sql_now(dialect)),
                   former));
  const std::array<Value, 5> values{request.run_id, request.pipeline, request.source_id, purpose, std::string()};
  return run(connection,
             fmt::format("INSERT INTO sentinel_run (run_id, pipeline, source_id, purpose, state, reason, started_at) "
                         "VALUES (:1, :2, :3, :4, 'running', :5, {}){}",
                         sql_now(dialect), sql_unless_there(dialect)),
             values);
}

Status end_run(Connection& connection, const Holding& holding, const RunSummary& summary) {
  std::vector<Value> values{summary.state, std::int64_t{summary.exit_code}, summary.reason};
  add_records(values, summary.records);
  values.emplace_back(holding.run_id);
  return run(
      connection,
      fmt::format(
          "UPDATE sentinel_run SET state = :1, exit_code = :2, reason = :3, {}, ended_at = {} WHERE run_id = :{}",
          assignments("_records", 4), sql_now(connection.dialect()), kBalanceLines + 4),
      values);
}

}  // namespace sentinel::sql_sink
