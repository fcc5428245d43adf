// sentinel status: shows the last run of every pipeline, its open letters, and where action is required. Reads only the
// state folder.
#include "app/command.hpp"
#include "app/json.hpp"
#include "app/report.hpp"
#include "engine/exit_code.hpp"
#include "engine/stages/circuit_breaker.hpp"
#include "engine/store/store.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <optional>

namespace sentinel::app {
namespace {

struct PipelineState {
  std::string name, file, source_id, position, older_rows;
  std::optional<store::StoredRun> last, last_good;
  std::size_t failed_since = 0;  // runs after the last good one
  std::uint64_t waiting = 0, quarantined = 0, amount_unknown = 0;
  std::optional<std::int64_t> next_due_ms;
  std::map<std::string, int128> held;  // by currency, in minor units
  std::optional<stages::CircuitBreaker::Saved> breaker;
  int exponent = 2;
};

// Newest first.
void add_run(PipelineState& state, const store::StoredRun& run) {
  if (run.command != "run") return;
  if (!state.last) state.last = run;
  if (state.last_good) return;
  if (run.exit_code == engine::kExitBalanced)
    state.last_good = run;
  else
    ++state.failed_since;
}

void add_letter(PipelineState& state, const store::StoredLetter& letter) {
  const bool is_waiting = letter.status == store::LetterStatus::kWaiting;
  ++(is_waiting ? state.waiting : state.quarantined);
  if (is_waiting)
    state.next_due_ms = std::min(state.next_due_ms.value_or(letter.next_attempt_ms), letter.next_attempt_ms);
  if (const auto minor = Decimal::parse(letter.minor))
    state.held[letter.currency] += minor->unscaled;
  else
    ++state.amount_unknown;
}

Status read_small_state(PipelineState& state, store::Store& store) {
  const auto text = [&](std::string_view name, std::string& value) -> Status {
    SENTINEL_ASSIGN(auto saved, store.state(state.name, name));
    value = std::move(saved).value_or("");
    return {};
  };
  SENTINEL_TRY(text("file", state.file));
  SENTINEL_TRY(text("source_id", state.source_id));
  SENTINEL_TRY(text("position", state.position));
  SENTINEL_TRY(text("older_rows", state.older_rows));
  SENTINEL_ASSIGN(state.breaker, stages::CircuitBreaker::saved(store, state.name));
  state.exponent = exponent_of(store, state.name);
  return {};
}

Result<std::map<std::string, PipelineState>> gather(Context& context, const std::string& only) {
  SENTINEL_ASSIGN(const auto store, open_store(context));
  std::map<std::string, PipelineState> states;
  constexpr int kMostRuns = 10000;
  SENTINEL_ASSIGN(const auto runs, store->last_runs(only, kMostRuns));
  for (const auto& run : runs) add_run(states[run.pipeline], run);
  store::LetterFilter open;
  open.pipeline = only;
  SENTINEL_ASSIGN(const auto letters, store->list(open));
  for (const auto& letter : letters) add_letter(states[letter.pipeline], letter);
  for (auto& [name, state] : states) {
    state.name = name;
    SENTINEL_TRY(read_small_state(state, *store));
  }
  return states;
}

// What only a person can settle, with the first command for it, and the exit code that stands for it.
struct RequiredAction {
  int code = 0;
  std::string text;
};

std::vector<RequiredAction> actions_of(const PipelineState& state) {
  std::vector<RequiredAction> actions;
  const auto file = state.file.empty() ? state.name : state.file;
  if (state.breaker)
    actions.push_back(
        {engine::kExitBreakerOpen,
         fmt::format("too many records were rejected: correct the rule or the source, then sentinel run {}, or "
                     "sentinel breaker reset {}",
                     file, state.name)});
  else if (state.last && state.last->exit_code != engine::kExitBalanced && state.last->exit_code < engine::kExitSignal)
    actions.push_back({state.last->exit_code, fmt::format("the last run failed; sentinel check {}", file)});
  if (state.quarantined > 0)
    actions.push_back(
        {engine::kExitDeadLetters, fmt::format("{} dead letters used up their attempts; sentinel dlq list {}",
                                               engine::count_text(state.quarantined), state.name)});
  if (!state.older_rows.empty())
    actions.push_back({0, fmt::format("rows that landed before {} keep an older mapping; sentinel run --full {}",
                                      state.older_rows, file)});
  return actions;
}

std::string ending_of(const store::StoredRun& run) {
  if (!run.reason.empty()) return printable(run.reason);
  return run.exit_code == engine::kExitBalanced ? "balanced" : "failed";
}

std::string balance_line(const store::StoredRun& run) {
  const auto balance = Json::parse(run.balance, nullptr, false);
  const auto records = balance.is_object() ? balance.value("records", Json::object()) : Json::object();
  const auto count = [&](const char* name) {
    return records.contains(name) && records[name].is_number_unsigned() ? records[name].get<std::uint64_t>() : 0;
  };
  auto text =
      fmt::format("{} read, {} landed, {} unchanged, {} dead-lettered, {} filtered", engine::count_text(count("read")),
                  engine::count_text(count("inserted") + count("updated")), engine::count_text(count("unchanged")),
                  engine::count_text(count("dead-lettered")), engine::count_text(count("filtered")));
  for (const auto* rare : {"departed", "superseded", "settled"})
    if (count(rare) > 0) text += fmt::format(", {} {}", engine::count_text(count(rare)), rare);
  return text;
}

std::string letters_line(const PipelineState& state, std::int64_t now_ms) {
  if (state.waiting + state.quarantined == 0) return "none open";
  auto text = fmt::format("{} waiting, {} quarantined", engine::count_text(state.waiting),
                          engine::count_text(state.quarantined));
  for (const auto& [currency, minor] : state.held)
    text += fmt::format(", {} {} held back", currency, engine::amount_text(minor, state.exponent));
  if (state.amount_unknown > 0) text += fmt::format(", {} of unknown amount", state.amount_unknown);
  if (state.next_due_ms)
    text += *state.next_due_ms <= now_ms ? std::string("; next due now")
                                         : fmt::format("; next due in {}", age_text(*state.next_due_ms - now_ms));
  return text;
}

std::string lag_line(const PipelineState& state, std::int64_t now_ms) {
  if (!state.last_good) return "no run has finished yet";
  auto text = fmt::format("{} since the last good run", age_text(now_ms - state.last_good->ended_ms));
  if (state.failed_since > 0) text += fmt::format(", {} failed after it", state.failed_since);
  return text;
}

std::string state_text(const PipelineState& state, std::int64_t now_ms) {
  auto text = fmt::format("{}\n", state.name);
  const auto line = [&](const char* name, const std::string& value) {
    text += fmt::format("  {:<15} {}\n", name, value);
  };
  if (state.last) {
    line("last run", fmt::format("{}, {} ago, exit {}: {}", state.last->run_id, age_text(now_ms - state.last->ended_ms),
                                 state.last->exit_code, ending_of(*state.last)));
    line("balance", balance_line(*state.last));
    line("lag", lag_line(state, now_ms));
  }
  line("dead letters", letters_line(state, now_ms));
  line("breaker",
       state.breaker ? fmt::format("open since {}", telemetry::utc_text(state.breaker->opened_unix_ms)) : "closed");
  if (!state.position.empty()) line("checkpoint", printable(state.position));
  for (const auto& action : actions_of(state)) line("action required", action.text);
  return text;
}

Json run_json_of(const std::optional<store::StoredRun>& run) {
  if (!run) return Json();
  return {{"run_id", run->run_id},
          {"started", telemetry::utc_text(run->started_ms)},
          {"ended", telemetry::utc_text(run->ended_ms)},
          {"exit_code", run->exit_code},
          {"reason", run->reason},
          {"balance", Json::parse(run->balance, nullptr, false)}};
}

Json state_json(const PipelineState& state, std::int64_t now_ms) {
  Json out = {{"pipeline", state.name},
              {"file", state.file},
              {"source_id", state.source_id},
              {"last_run", run_json_of(state.last)},
              {"lag_ms", state.last_good ? Json(now_ms - state.last_good->ended_ms) : Json()},
              {"failed_since", state.failed_since},
              {"open_letters", state.waiting + state.quarantined},
              {"waiting", state.waiting},
              {"quarantined", state.quarantined},
              {"amount_unknown", state.amount_unknown},
              {"next_due", state.next_due_ms ? Json(telemetry::utc_text(*state.next_due_ms)) : Json()},
              {"breaker_open", state.breaker.has_value()},
              {"breaker_opened", state.breaker ? Json(telemetry::utc_text(state.breaker->opened_unix_ms)) : Json()},
              {"checkpoint", state.position}};
  out["held_minor"] = Json::object();
  for (const auto& [currency, minor] : state.held) out["held_minor"][currency] = sentinel::to_string(minor);
  out["action_required"] = Json::array();
  for (const auto& action : actions_of(state)) out["action_required"].push_back(action.text);
  out["needs_a_person"] = out["action_required"];  // its former name; deprecated
  return out;
}

int status(Context& context, const Arguments& arguments) {
  std::string only;
  if (!arguments.positionals().empty()) {
    const auto name = pipeline_of(arguments.positionals().front(), context);
    if (!name) return complain(name.error());
    only = *name;
  }
  const auto states = gather(context, only);
  if (!states) return complain(states.error());
  const auto now_ms = context.services.clock().now_unix_ms();
  int code = engine::kExitBalanced;
  auto items = Json::array();
  for (const auto& [name, state] : *states) {
    if (arguments.has("json"))
      items.push_back(state_json(state, now_ms));
    else
      fmt::print("{}", state_text(state, now_ms));
    for (const auto& action : actions_of(state)) code = engine::worse_exit_code(code, action.code);
  }
  if (arguments.has("json"))
    print_json_items(std::move(items));
  else if (states->empty())
    fmt::print("{} has run with this state folder\n",
               only.empty() ? std::string("no pipeline") : fmt::format("no pipeline \"{}\"", only));
  return arguments.has("exit-code") ? code : engine::kExitBalanced;
}

}  // namespace

Command status_command() {
  return {
      .name = "status",
      .summary = "Show each pipeline's last run, lag, dead letters, breaker and checkpoint; no database is asked.",
      .example = "sentinel status",
      .positionals = {{"FILE|PIPELINE", 0, 1}},
      .options = OptionSet().flag("exit-code", "exit with 4, 5 or the code of the last run where action is required"),
      .run = status};
}

}  // namespace sentinel::app
