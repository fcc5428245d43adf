// sentinel run: reads, transforms and lands, and prints the balance.
#include "app/command.hpp"
#include "app/report.hpp"
#include "engine/pipeline/exit_code.hpp"
#include "engine/store/store.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace sentinel::app {
namespace {

int run_file(Context& context, const Arguments& arguments, const std::string& path) {
  const auto loaded = load(context, path);
  if (!loaded.ok()) return pipeline::kExitConfig;
  const auto folder = store::open_state_folder();
  if (!folder) return complain(folder.error());
  pipeline::RunOptions options;
  options.full = arguments.has("full");
  options.take_over = arguments.has("take-over");
  const auto report = pipeline::run(*loaded.pipeline, context.registry, context.services, *folder, options);
  const bool began = report.fault.ok() || report.balance.records(BalanceLine::kRead) > 0;
  if (arguments.has("json"))
    fmt::print("{}", run_json(report));
  else if (began && !arguments.has("quiet"))
    fmt::print("{}", run_text(report));
  if (!report.fault.ok()) complain(report.fault);
  if (report.exit_code == pipeline::kExitBalanced && arguments.has("fail-on-dead-letters") &&
      report.balance.records(BalanceLine::kDeadLettered) > 0)
    return pipeline::kExitDeadLetters;
  return report.exit_code;
}

int run_files(Context& context, const Arguments& arguments) {
  int code = pipeline::kExitBalanced;
  for (const auto& path : arguments.words()) {
    code = pipeline::worse_exit_code(code, run_file(context, arguments, path));
    std::fflush(stdout);
    if (context.services.stop().requested()) break;
  }
  return code;
}

}  // namespace

Command run_command() {
  return {
      "run",
      "FILE…",
      "Run pipelines once: read, transform, land, and print the balance.",
      "sentinel run pipelines/donations_table_to_mariadb.yaml",
      {{"full", "", "read everything from the beginning, whatever the checkpoint says"},
       {"take-over", "", "take the pipeline from another machine that holds it, without waiting for it to grow old"},
       {"fail-on-dead-letters", "", "exit with 5 where records were dead-lettered"},
       {"quiet", "", "print no balance; faults still go to standard error"}},
      1,
      kAnyNumber,
      run_files};
}

}  // namespace sentinel::app
