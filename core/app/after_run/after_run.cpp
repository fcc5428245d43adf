// Runs the actions of the table in order, and logs a fault of one as a warning.
#include "app/after_run/after_run.hpp"

#include <fmt/format.h>

namespace sentinel::app {
namespace {

struct Action {
  const char* name;
  Status (*act)(const FinishedRun& run);
};

#define SENTINEL_LIST_ACTION(NAME) {#NAME, NAME},
constexpr Action kActions[] = {SENTINEL_AFTER_RUN_ACTIONS(SENTINEL_LIST_ACTION)};
#undef SENTINEL_LIST_ACTION

}  // namespace

void act_after_run(const FinishedRun& run, telemetry::Log& log) {
  for (const auto& action : kActions)
    if (const auto status = action.act(run); !status.ok())
      log.warn(fmt::format("{}: {}: {}; the run itself is not affected", run.file.path, action.name, status.message()));
}

}  // namespace sentinel::app
