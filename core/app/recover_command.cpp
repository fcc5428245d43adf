// sentinel recover: tries the dead letters that are due; once, or again and again.
#include "app/letters.hpp"
#include "app/report.hpp"
#include "engine/config/scalar.hpp"
#include "engine/pipeline/exit_code.hpp"
#include "engine/pipeline/replay.hpp"
#include "engine/pipeline/rounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace sentinel::app {
namespace {

// The files are read in each round, so that a mended rule counts at once.
int recover_once(Context& context, const Arguments& arguments, const std::filesystem::path& folder) {
  int code = pipeline::kExitBalanced;
  for (const auto& path : arguments.words()) {
    const auto loaded = load(context, path);
    if (!loaded.ok()) {
      code = pipeline::worse_exit_code(code, pipeline::kExitConfig);
      continue;
    }
    const auto report = pipeline::replay(*loaded.pipeline, context.registry, context.services, folder, {});
    fmt::print("{}", arguments.has("json") ? replay_json(report) : replay_text(report));
    std::fflush(stdout);
    if (!report.fault.ok()) complain(report.fault);
    code = pipeline::worse_exit_code(code, report.exit_code);
    if (context.services.stop().requested()) break;
  }
  return code;
}

// The earliest letter of all files.
Result<std::optional<std::int64_t>> next_due_ms(Context& context, const Arguments& arguments, store::Store& store) {
  std::optional<std::int64_t> earliest;
  for (const auto& path : arguments.words()) {
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
    return invalid_config("--watch tries letters when they are due, --every by the clock: give one of them");
  if (!arguments.has("watch") && !arguments.has("every")) return recover_once(context, arguments, folder);
  pipeline::Rounds rounds;
  if (arguments.has("every")) {
    const auto every_ms = config::parse_duration_ms(arguments.value("every"));
    if (!every_ms || *every_ms < 1000)
      return invalid_config("--every " + (every_ms ? "must be at least 1s" : every_ms.error().message()));
    rounds.every = std::chrono::milliseconds(*every_ms);
  }
  SENTINEL_ASSIGN(const auto store, open_store(context));
  rounds.next_due_ms = [&] { return next_due_ms(context, arguments, *store); };
  rounds.round = [&] { return recover_once(context, arguments, folder); };
  return pipeline::repeat(context.services, rounds);
}

}  // namespace

Command recover_command() {
  return {"recover",
          "FILE…",
          "Try the waiting dead letters that are due, through today's pipeline; once, or until it is stopped.",
          "sentinel recover pipelines/donations_table_to_mariadb.yaml --watch",
          {{"watch", "", "go on: try letters when they are due, until SIGINT or SIGTERM"},
           {"every", "DURATION", "go on: try those that are due this often, such as 5m"}},
          1,
          kAnyNumber,
          run_code<recover>};
}

}  // namespace sentinel::app
