// sentinel run: reads, transforms and lands, and prints the balance; once, or at fixed times.
#include "app/after_run/after_run.hpp"
#include "app/command.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "engine/exit_code.hpp"
#include "engine/run/rounds.hpp"
#include "engine/store/store.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace sentinel::app {
namespace {

struct RunRequest {
  engine::RunOptions run;
  std::optional<std::chrono::milliseconds> every;
  bool as_json = false, is_quiet = false, fails_on_dead_letters = false;
};

RunRequest request_of(const Arguments& arguments) {
  RunRequest request;
  request.run.full = arguments.has("full");
  request.run.take_over = arguments.has("take-over");
  request.as_json = arguments.has("json");
  request.is_quiet = arguments.has("quiet");
  request.fails_on_dead_letters = arguments.has("fail-on-dead-letters");
  request.run.limit = arguments.integer("limit");
  request.every = arguments.duration("every");
  return request;
}

int exit_code_of_run(const RunRequest& request, const engine::RunReport& report) {
  const bool has_letters = report.balance.records(BalanceLine::kDeadLettered) > 0;
  if (report.exit_code == engine::kExitBalanced && request.fails_on_dead_letters && has_letters)
    return engine::kExitDeadLetters;
  return report.exit_code;
}

void print_report(Context& context, const RunRequest& request, const engine::RunReport& report) {
  const bool began = report.fault.ok() || report.balance.records(BalanceLine::kRead) > 0;
  if (request.as_json)
    print_json(run_json(report));
  else if (began && !request.is_quiet)
    fmt::print("{}", run_text(report));
  std::fflush(stdout);
  if (context.log_file != nullptr && began) context.log_file->note(LogLevel::kInfo, run_text(report));
  if (report.fault.ok()) return;
  complain(report.fault);
  if (context.log_file != nullptr) context.log_file->note(LogLevel::kError, report.fault.message());
}

int run_file(Context& context, const RunRequest& request, const config::PipelineFile& file) {
  const auto folder = store::open_state_folder();
  if (!folder) return complain(folder.error());
  auto options = request.run;
  auto& services = context.services;
  engine::RunReport report;
  {
    Progress progress(progress_style(), file.name, services.clock(), services.log(), context.terminal);
    const bool is_shown = !request.as_json && !(request.is_quiet && context.log_file == nullptr);
    if (is_shown) options.on_progress = [&](const auto& now) { progress.update(now); };
    report = engine::run(file, context.registry, services, *folder, options);
  }
  print_report(context, request, report);
  const int code = exit_code_of_run(request, report);
  act_after_run({file, report, code}, services.log());
  return code;
}

int run_files(Context& context, const Arguments& arguments) {
  const auto request = request_of(arguments);
  const auto round = [&] {
    return work_on_files(context, arguments.positionals(),
                         [&](const config::PipelineFile& file) { return run_file(context, request, file); });
  };
  return request.every ? engine::repeat_every(context.services, *request.every, round) : round();
}

}  // namespace

Command run_command() {
  return {
      .name = "run",
      .summary = "Run pipelines: read, transform, land, and print the balance.",
      .example =
          "sentinel run pipelines/donations_table_to_mariadb.yaml\n"
          "  sentinel run --every 5m --quiet --log-file /var/log/sentinel.log "
          "pipelines/donations_table_to_mariadb.yaml",
      .positionals = {{"FILE", 1, kAnyNumber}},
      .options =
          OptionSet()
              .flag("full", "read everything from the beginning, whatever the checkpoint says")
              .integer("limit", "NUMBER", {.minimum = 1},
                       "stop after so many records, at a checkpoint; the next run continues from there")
              .duration("every", "DURATION", kLeastInterval,
                        "run again at fixed times, such as 5m, until stopped or a file is wrong")
              .flag("take-over",
                    "take the pipeline from another machine that holds it, without waiting for its heartbeat to expire")
              .flag("fail-on-dead-letters", "exit with 5 where records were dead-lettered")
              .flag("quiet", "print no balance and no progress; faults still go to standard error")
              .path("log-file", "PATH",
                    "append what happens to this file, with times; with --quiet only faults go elsewhere"),
      .run = run_files};
}

}  // namespace sentinel::app
