// sentinel status: the last run of every pipeline, what is owed, and whether its breaker is open.
#include "app/command.hpp"
#include "app/report.hpp"
#include "engine/pipeline/exit_code.hpp"
#include "engine/store/store.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <set>

namespace sentinel::app {
namespace {

struct PipelineState {
  store::StoredRun last;
  std::uint64_t letters = 0, amount_unknown = 0;
  std::map<std::string, int128> held;  // by currency, in minor units
  bool breaker_open = false;
  int exponent = 2;
};

Result<std::map<std::string, PipelineState>> gather(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  auto& clock = context.services.clock();
  SENTINEL_ASSIGN(auto store, store::Store::open(folder, [&clock] { return clock.now_unix_ms(); }));
  std::string only;
  if (!arguments.words().empty()) {
    SENTINEL_ASSIGN(only, pipeline_of(arguments.words().front(), context));
  }
  std::map<std::string, PipelineState> states;
  SENTINEL_ASSIGN(const auto runs, store->last_runs(only, 1000));
  for (const auto& run : runs)
    states.try_emplace(run.pipeline, PipelineState{run, 0, 0, {}, false, 2});  // newest first
  store::LetterFilter open;
  open.pipeline = only;
  SENTINEL_ASSIGN(const auto letters, store->list(open));
  for (const auto& letter : letters) {
    auto& state = states[letter.pipeline];
    ++state.letters;
    const auto minor = Decimal::parse(letter.minor);
    if (minor)
      state.held[letter.currency] += minor->unscaled;
    else
      ++state.amount_unknown;
  }
  for (auto& [name, state] : states) {
    SENTINEL_ASSIGN(const auto breaker, store->state(name, "breaker"));
    state.exponent = exponent_of(*store, name);
    state.breaker_open = breaker && !breaker->empty();
  }
  return states;
}

std::string state_text(const std::string& name, const PipelineState& state, std::int64_t now_ms) {
  auto text = name + "\n";
  if (!state.last.run_id.empty())
    text += fmt::format("  last run       {}, {} ago, exit {}{}\n", state.last.run_id,
                        age_text(now_ms - state.last.ended_ms), state.last.exit_code,
                        state.last.reason.empty() ? "" : ": " + printable(state.last.reason));
  text += fmt::format("  dead letters   {} open", pipeline::count_text(state.letters));
  for (const auto& [currency, minor] : state.held)
    text += fmt::format(", {} {} held back", currency, pipeline::amount_text(minor, state.exponent));
  if (state.amount_unknown > 0) text += fmt::format(", {} of unknown amount", state.amount_unknown);
  return text + (state.breaker_open ? "\n  breaker        open\n" : "\n");
}

std::string state_json(const std::string& name, const PipelineState& state) {
  nlohmann::ordered_json out = {{"pipeline", name},
                                {"open_letters", state.letters},
                                {"amount_unknown", state.amount_unknown},
                                {"breaker_open", state.breaker_open}};
  out["held_minor"] = nlohmann::ordered_json::object();
  for (const auto& [currency, minor] : state.held) out["held_minor"][currency] = sentinel::to_string(minor);
  if (!state.last.run_id.empty())
    out["last_run"] = {{"run_id", state.last.run_id},
                       {"ended", telemetry::utc_text(state.last.ended_ms)},
                       {"exit_code", state.last.exit_code},
                       {"reason", state.last.reason}};
  return out.dump();
}

int status(Context& context, const Arguments& arguments) {
  const auto states = gather(context, arguments);
  if (!states) return complain(states.error());
  std::vector<std::string> items;
  for (const auto& [name, state] : *states) {
    if (arguments.has("json"))
      items.push_back(state_json(name, state));
    else
      fmt::print("{}", state_text(name, state, context.services.clock().now_unix_ms()));
  }
  if (arguments.has("json"))
    fmt::print("{}", json_items(items));
  else if (states->empty())
    fmt::print("nothing has run with this state folder\n");
  return pipeline::kExitBalanced;
}

}  // namespace

Command status_command() {
  return {"status",
          "[FILE|PIPELINE]",
          "Show the last run of each pipeline, its open dead letters and the money they hold back.",
          "sentinel status",
          {},
          0,
          1,
          status};
}

}  // namespace sentinel::app
