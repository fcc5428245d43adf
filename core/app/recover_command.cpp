// sentinel recover: tries the dead letters that are due.
#include "app/command.hpp"
#include "app/report.hpp"
#include "engine/pipeline/exit_code.hpp"
#include "engine/store/store.hpp"

#include <fmt/format.h>

namespace sentinel::app {
namespace {

int recover(Context& context, const Arguments& arguments) {
  const auto folder = store::open_state_folder();
  if (!folder) return complain(folder.error());
  int code = pipeline::kExitBalanced;
  for (const auto& path : arguments.words()) {
    const auto loaded = load(context, path);
    if (!loaded.ok()) {
      code = pipeline::worse_exit_code(code, pipeline::kExitConfig);
      continue;
    }
    const auto report = pipeline::replay(*loaded.pipeline, context.registry, context.services, *folder, {});
    fmt::print("{}", arguments.has("json") ? replay_json(report) : replay_text(report));
    if (!report.fault.ok()) complain(report.fault);
    code = pipeline::worse_exit_code(code, report.exit_code);
    if (context.services.stop().requested()) break;
  }
  return code;
}

}  // namespace

Command recover_command() {
  return {"recover",
          "FILE…",
          "Try the waiting dead letters that are due, through today's pipeline, once.",
          "sentinel recover pipelines/donations_table_to_mariadb.yaml",
          {},
          1,
          kAnyNumber,
          recover};
}

}  // namespace sentinel::app
