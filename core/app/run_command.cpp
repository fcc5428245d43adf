// sentinel run: reads, transforms and lands, and prints the balance; once, or at fixed times.
#include "app/command.hpp"
#include "app/on_finish.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "engine/config/yaml/scalar.hpp"
#include "engine/exit_code.hpp"
#include "engine/run/rounds.hpp"
#include "engine/store/store.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace sentinel::app {
namespace {

struct Orders {
  engine::RunOptions run;
  std::optional<std::chrono::milliseconds> every;
  bool as_json = false, is_quiet = false, fails_on_dead_letters = false;
};

Result<Orders> orders_of(const Arguments& arguments) {
  Orders orders;
  orders.run.full = arguments.has("full");
  orders.run.take_over = arguments.has("take-over");
  orders.as_json = arguments.has("json");
  orders.is_quiet = arguments.has("quiet");
  orders.fails_on_dead_letters = arguments.has("fail-on-dead-letters");
  if (arguments.has("limit")) {
    const auto limit = config::parse_integer(arguments.value("limit"));
    if (!limit) return invalid_config("--limit " + limit.error().message());
    if (*limit < 1) return invalid_config(fmt::format("--limit must be at least 1, not {}", *limit));
    orders.run.limit = *limit;
  }
  SENTINEL_ASSIGN(orders.every, every_of(arguments));
  return orders;
}

int exit_code_of_run(const Orders& orders, const engine::RunReport& report) {
  const bool has_letters = report.balance.records(BalanceLine::kDeadLettered) > 0;
  if (report.exit_code == engine::kExitBalanced && orders.fails_on_dead_letters && has_letters)
    return engine::kExitDeadLetters;
  return report.exit_code;
}

void print_report(Context& context, const Orders& orders, const engine::RunReport& report) {
  const bool began = report.fault.ok() || report.balance.records(BalanceLine::kRead) > 0;
  if (orders.as_json)
    fmt::print("{}", run_json(report));
  else if (began && !orders.is_quiet)
    fmt::print("{}", run_text(report));
  std::fflush(stdout);
  if (context.log_file != nullptr && began) context.log_file->note(LogLevel::kInfo, run_text(report));
  if (report.fault.ok()) return;
  complain(report.fault);
  if (context.log_file != nullptr) context.log_file->note(LogLevel::kError, report.fault.message());
}

int run_file(Context& context, const Orders& orders, const config::PipelineFile& file) {
  const auto folder = store::open_state_folder();
  if (!folder) return complain(folder.error());
  auto options = orders.run;
  auto& services = context.services;
  engine::RunReport report;
  {
    Progress progress(progress_style(), file.name, services.clock(), services.log(), context.terminal);
    const bool is_shown = !orders.as_json && !(orders.is_quiet && context.log_file == nullptr);
    if (is_shown) options.on_progress = [&](const auto& now) { progress.update(now); };
    report = engine::run(file, context.registry, services, *folder, options);
  }
  print_report(context, orders, report);
  const int code = exit_code_of_run(orders, report);
  run_on_finish(file, report, code, services.log());
  return code;
}

int run_files(Context& context, const Arguments& arguments) {
  const auto orders = orders_of(arguments);
  if (!orders) return complain(orders.error());
  const auto round = [&] {
    return work_on_files(context, arguments.words(),
                         [&](const config::PipelineFile& file) { return run_file(context, *orders, file); });
  };
  return orders->every ? engine::repeat_every(context.services, *orders->every, round) : round();
}

}  // namespace

Command run_command() {
  return {
      "run",
      "FILE…",
      "Run pipelines: read, transform, land, and print the balance.",
      "sentinel run pipelines/donations_table_to_mariadb.yaml\n"
      "  sentinel run --every 5m --quiet --log-file /var/log/sentinel.log pipelines/donations_table_to_mariadb.yaml",
      {{"full", "", "read everything from the beginning, whatever the checkpoint says"},
       {"limit", "NUMBER", "stop after so many records, at a checkpoint; the next run goes on there"},
       {"every", "TIME", "run again at fixed times, such as 5m, until stopped or a file is wrong"},
       {"take-over", "", "take the pipeline from another machine that holds it, without waiting for it to grow old"},
       {"fail-on-dead-letters", "", "exit with 5 where records were dead-lettered"},
       {"quiet", "", "print no balance and no progress; faults still go to standard error"},
       {"log-file", "PATH", "append what happens to this file, with times; with --quiet only faults go elsewhere"}},
      1,
      kAnyNumber,
      run_files};
}

}  // namespace sentinel::app
