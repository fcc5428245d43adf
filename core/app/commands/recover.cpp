// sentinel recover: replays the dead letters that are due, once or repeatedly.
#include "app/letters.hpp"
#include "engine/letters/replay.hpp"
#include "engine/run/rounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace sentinel::app {
namespace {

// The files are read in each round, so that a corrected rule counts at once.
int recover_once(Context& context, const Arguments& arguments, const std::filesystem::path& folder) {
  return work_on_files(context, arguments.positionals(), [&](const config::PipelineFile& file) {
    const auto report = engine::replay(file, context.registry, context.services, folder, {});
    print_replay(arguments, report);
    std::fflush(stdout);
    if (!report.fault.ok()) complain(report.fault);
    return report.exit_code;
  });
}

// The earliest letter of all files.
Result<std::optional<std::int64_t>> next_due_ms(Context& context, const Arguments& arguments, store::Store& store) {
  std::optional<std::int64_t> earliest;
  for (const auto& path : arguments.positionals()) {
    const auto loaded = load(context, path);
    if (!loaded.ok()) return invalid_config(fmt::format("{} has errors", path));
    SENTINEL_ASSIGN(const auto due, store.next_due_ms(loaded.pipeline->name, loaded.pipeline->mapping_hash));
    if (due) earliest = std::min(*due, earliest.value_or(*due));
  }
  return earliest;
}

Result<int> recover(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  if (arguments.has("watch") && arguments.has("every"))
    return invalid_config("--watch replays letters when they are due, --every by the clock: give one of them");
  const auto round = [&] { return recover_once(context, arguments, folder); };
  if (const auto every = arguments.duration("every")) return engine::repeat_every(context.services, *every, round);
  if (!arguments.has("watch")) return round();
  SENTINEL_ASSIGN(const auto store, open_store(context));
  return engine::repeat_when_due(
      context.services, [&] { return next_due_ms(context, arguments, *store); }, round);
}

}  // namespace

Command recover_command() {
  return {.name = "recover",
          .summary = "Replay the waiting dead letters that are due, through today's pipeline; once, or until stopped.",
          .example = "sentinel recover pipelines/donations_table_to_mariadb.yaml --watch",
          .positionals = {{"FILE", 1, kAnyNumber}},
          .options = OptionSet()
                         .flag("watch", "go on: replay letters when they are due, until SIGINT or SIGTERM")
                         .duration("every", "DURATION", kLeastInterval,
                                   "go on: replay those that are due this often, such as 5m"),
          .run = run_code<recover>};
}

}  // namespace sentinel::app
