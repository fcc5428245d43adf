// Formats the balance, the sweep and the letters line by line, and builds the JSON of reports.
#include "app/report.hpp"

#include "engine/delivery/balance.hpp"
#include "engine/telemetry/clock.hpp"
#include "engine/telemetry/log.hpp"

#include <sentinel/balance.hpp>
#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

using engine::Balance;
using engine::count_text;

struct Line {
  std::string name;
  std::uint64_t records;
  std::vector<BalanceLine> lines;
  std::string hint;
};

std::string balance_text(const Balance& balance, int exponent, const std::string& dead_letter_hint) {
  using enum BalanceLine;
  std::vector<Line> lines;
  for (std::size_t i = 0; i < kBalanceLines; ++i) {
    const auto line = static_cast<BalanceLine>(i);
    const bool is_always_shown = line == kRead || line == kDeadLettered || line == kFiltered;
    if (line == kInserted)
      lines.push_back({"landed", balance.landed(), {kInserted, kUpdated}, ""});
    else if (line != kUpdated && (is_always_shown || balance.records(line) > 0))
      lines.push_back({std::string(kBalanceLineNames[i].name), balance.records(line), {line}, ""});
    if (line == kDeadLettered && balance.records(line) > 0) lines.back().hint = dead_letter_hint;
  }

  std::string text;
  for (const auto& line : lines) {
    std::string row = fmt::format("  {:<14}{:>12}", line.name, count_text(line.records));
    for (const auto& [currency, sums] : balance.money()) {
      int128 minor = 0;
      for (const auto each : line.lines) minor += sums[static_cast<std::size_t>(each)];
      row += fmt::format("   {} {:>20}", currency, engine::amount_text(minor, exponent));
    }
    text += fmt::format("{}{}{}\n", row, line.hint.empty() ? "" : "   ", line.hint);
  }
  if (balance.amount_unknown() > 0 && !balance.money().empty())
    text += fmt::format("  {} of the rejected or filtered records had no known amount yet\n",
                        count_text(balance.amount_unknown()));
  return text;
}

std::string sweep_text(const engine::SweepReport& sweep) {
  std::string done;
  const auto add = [&](std::uint64_t count, const char* what) {
    if (count > 0) done += fmt::format("{}{} {}", done.empty() ? "" : ", ", count_text(count), what);
  };
  add(sweep.landed, "landed again");
  add(sweep.departed, "departed");
  add(sweep.letters, "letters closed");
  return fmt::format("  swept: {} records against {} rows; {}\n", count_text(sweep.records), count_text(sweep.rows),
                     !sweep.held_back.empty() ? "no row departed"
                     : done.empty()           ? "nothing to do"
                                              : done);
}

Json sweep_json(const engine::SweepReport& sweep) {
  return {{"records", sweep.records},   {"rows", sweep.rows},          {"landed", sweep.landed},
          {"departed", sweep.departed}, {"gone", sweep.departed},  // the former name of `departed`; deprecated
          {"letters", sweep.letters},   {"held_back", sweep.held_back}};
}

Json fault_json(const Status& fault) {
  if (fault.ok()) return nullptr;
  return {{"code", to_string(fault.code())}, {"message", fault.message()}};
}

}  // namespace

std::string run_text(const engine::RunReport& report) {
  const auto seconds = static_cast<double>(report.elapsed_ms) / 1000.0;
  const auto records = report.balance.records(BalanceLine::kRead);
  const auto rate = report.elapsed_ms > 0 ? records * 1000 / static_cast<std::uint64_t>(report.elapsed_ms) : records;
  auto text =
      fmt::format("{}   run {}   {:.1f} s   {} records/s\n", report.pipeline, report.run_id, seconds, count_text(rate));
  text += balance_text(report.balance, report.exponent, fmt::format("sentinel dlq list {}", report.pipeline));
  if (report.sweep) text += sweep_text(*report.sweep);
  for (const auto& [name, count] : report.counters) text += fmt::format("  counted {}: {}\n", name, count);
  if (report.is_limited) text += "  stopped at the limit; the next run continues from there\n";
  text += report.fault.ok() ? fmt::format("  balanced: every record and every {} is accounted for\n",
                                          report.balance.money().contains("NGN") ? "kobo" : "minor unit")
                            : "  not finished; what is above is balanced and stays landed\n";
  return text;
}

Json run_json(const engine::RunReport& report) {
  return {{"run_id", report.run_id},
          {"pipeline", report.pipeline},
          {"source_id", report.source_id},
          {"exit_code", report.exit_code},
          {"fault", fault_json(report.fault)},
          {"started", telemetry::utc_text(report.started_unix_ms)},
          {"elapsed_ms", report.elapsed_ms},
          {"new_letters", report.new_letters},
          {"stopped_at_limit", report.is_limited},
          {"counters", Json(report.counters)},
          {"sweep", report.sweep ? sweep_json(*report.sweep) : Json()},
          {"balance", Json::parse(engine::balance_json(report.balance))}};
}

std::string replay_text(const engine::ReplayReport& report) {
  auto text = fmt::format("{}   replay {}\n", report.pipeline, report.run_id);
  const auto line = [&](const char* name, std::uint64_t count) {
    if (count > 0) text += fmt::format("  {:<18}{:>8}\n", name, count_text(count));
  };
  text += fmt::format("  {:<18}{:>8}\n", "recovered", count_text(report.recovered));
  line("fetched anew", report.fetched);
  line("failed again", report.failed_again);
  line("closed meanwhile", report.closed_elsewhere);
  line("filtered", report.filtered);
  line("left for later", report.left_for_later);
  if (report.not_replayable > 0)
    text += fmt::format("  {:<18}{:>8}   correct them at the source; the next run reads them again\n", "not replayable",
                        count_text(report.not_replayable));
  for (const auto& [currency, sums] : report.balance.money())
    text += fmt::format(
        "  landed {} {}\n", currency,
        engine::amount_text(sums[SENTINEL_BALANCE_INSERTED] + sums[SENTINEL_BALANCE_UPDATED], report.exponent));
  return text;
}

Json replay_json(const engine::ReplayReport& report) {
  return {{"run_id", report.run_id},
          {"pipeline", report.pipeline},
          {"exit_code", report.exit_code},
          {"fault", fault_json(report.fault)},
          {"recovered", report.recovered},
          {"fetched", report.fetched},
          {"failed_again", report.failed_again},
          {"closed_elsewhere", report.closed_elsewhere},
          {"filtered", report.filtered},
          {"left_for_later", report.left_for_later},
          {"not_replayable", report.not_replayable},
          {"balance", Json::parse(engine::balance_json(report.balance))}};
}

std::string age_text(std::int64_t ms) {
  const auto seconds = ms / 1000;
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7200) return fmt::format("{} min", seconds / 60);
  if (seconds < 172800) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86400);
}

std::string letter_amount(const store::StoredLetter& letter, int exponent) {
  if (letter.minor.empty()) return "amount unknown";
  const auto minor = Decimal::parse(letter.minor);
  return minor ? fmt::format("{} {}", letter.currency, engine::amount_text(minor->unscaled, exponent)) : letter.minor;
}

int exponent_of(store::Store& store, const std::string& pipeline) {
  const auto saved = store.state(pipeline, "exponent");
  return saved && *saved && (*saved)->size() == 1 ? (**saved)[0] - '0' : 2;
}

std::string letter_line(const store::StoredLetter& letter, std::int64_t now_ms, int exponent) {
  return fmt::format("{}  {:<12} {:>24}  {:<16} {:<12} {:>6}  {}\n", letter.letter_id.substr(0, 8),
                     letter.source_key.substr(0, 40), letter_amount(letter, exponent), letter.stage,
                     to_string(letter.status), age_text(now_ms - letter.first_seen_ms),
                     printable(letter.reason.message()));
}

std::string letter_text(const store::StoredLetter& letter, int exponent) {
  std::string text;
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<14} {}\n", name, printable(value));
  };
  line("letter", letter.letter_id);
  line("pipeline", letter.pipeline);
  line("source", letter.source_id);
  line("source key", letter.source_key);
  line("position", letter.position);
  line("amount", letter_amount(letter, exponent));
  line("status", std::string(to_string(letter.status)));
  line("rejected by", letter.plugin.empty()
                          ? letter.stage
                          : fmt::format("{} ({} {})", letter.stage, letter.plugin, letter.plugin_version));
  line("code", letter.reason.native_code().empty() ? std::string(to_string(letter.reason.code()))
                                                   : fmt::format("{} ({} {})", to_string(letter.reason.code()),
                                                                 letter.reason.domain(), letter.reason.native_code()));
  line("reason", letter.reason.message());
  line("first seen", telemetry::utc_text(letter.first_seen_ms));
  line("last seen", telemetry::utc_text(letter.last_seen_ms));
  line("attempts", fmt::format("{}", letter.attempts));
  if (letter.status == store::LetterStatus::kWaiting) line("next attempt", telemetry::utc_text(letter.next_attempt_ms));
  line("note", letter.note);
  if (letter.payload_gone_ms > 0) line("record deleted", telemetry::utc_text(letter.payload_gone_ms));
  if (!letter.record.empty()) line("record", letter.record);
  line("edited", letter.edited);
  if (!letter.raw.empty()) line("raw", letter.raw.substr(0, 2000));
  return text;
}

Json letter_json(const store::StoredLetter& letter, bool with_record) {
  Json out = {{"letter_id", letter.letter_id},
              {"pipeline", letter.pipeline},
              {"source_id", letter.source_id},
              {"source_key", letter.source_key},
              {"minor", letter.minor.empty() ? Json() : Json(letter.minor)},
              {"currency", letter.currency.empty() ? Json() : Json(letter.currency)},
              {"status", to_string(letter.status)},
              {"stage", letter.stage},
              {"plugin", letter.plugin},
              {"plugin_version", letter.plugin_version},
              {"code", to_string(letter.reason.code())},
              {"domain", letter.reason.domain()},
              {"native_code", letter.reason.native_code()},
              {"message", letter.reason.message()},
              {"attempts", letter.attempts},
              {"is_edited", letter.is_edited},
              {"first_seen", telemetry::utc_text(letter.first_seen_ms)},
              {"last_seen", telemetry::utc_text(letter.last_seen_ms)},
              {"next_attempt", telemetry::utc_text(letter.next_attempt_ms)}};
  if (with_record && !letter.record.empty()) out["record"] = Json::parse(letter.record, nullptr, false);
  if (with_record && !letter.edited.empty()) out["edited"] = Json::parse(letter.edited, nullptr, false);
  if (with_record && !letter.raw.empty()) out["raw"] = letter.raw;
  return out;
}

}  // namespace sentinel::app
