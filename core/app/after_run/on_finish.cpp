// Runs the command that a pipeline file names under `on_finish`, and passes it the outcome of the run.
//
// The command gets the report as JSON on standard input, and SENTINEL_PIPELINE, SENTINEL_RUN_ID, SENTINEL_EXIT_CODE and
// the counts of the balance in its environment. It inherits only variables that hold no secret (PATH, HOME, …). Its
// output goes to standard error. At its time limit it is killed, together with every process that it started.
#include "app/after_run/after_run.hpp"

#include "app/child_process.hpp"
#include "app/json.hpp"
#include "app/report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::app {
namespace {

constexpr std::array kInherited = {"PATH", "HOME",   "USER", "LOGNAME",           "SHELL",
                                   "LANG", "LC_ALL", "TZ",   "SENTINEL_STATE_DIR"};

std::vector<std::pair<std::string, std::string>> environment_of(const FinishedRun& run) {
  const auto& balance = run.report.balance;
  const auto count = [](std::uint64_t records) { return fmt::format("{}", records); };
  std::vector<std::pair<std::string, std::string>> variables = {
      {"SENTINEL_FILE", run.file.path},
      {"SENTINEL_PIPELINE", run.report.pipeline},
      {"SENTINEL_RUN_ID", run.report.run_id},
      {"SENTINEL_EXIT_CODE", fmt::format("{}", run.exit_code)},
      {"SENTINEL_READ", count(balance.records(BalanceLine::kRead))},
      {"SENTINEL_LANDED", count(balance.landed())},
      {"SENTINEL_UNCHANGED", count(balance.records(BalanceLine::kUnchanged))},
      {"SENTINEL_DEAD_LETTERED", count(balance.records(BalanceLine::kDeadLettered))},
      {"SENTINEL_NEW_LETTERS", count(run.report.new_letters)},
      {"SENTINEL_FILTERED", count(balance.records(BalanceLine::kFiltered))}};
  for (const char* name : kInherited)
    if (const char* value = std::getenv(name)) variables.emplace_back(name, value);
  return variables;
}

std::string ending_of(const ChildEnd& end, std::chrono::milliseconds patience) {
  if (end.is_killed) return fmt::format("did not end within {} s and was killed", patience.count() / 1000);
  if (end.signal != 0) return fmt::format("was ended by signal {}", end.signal);
  return fmt::format("ended with exit {}", end.exit_code);
}

}  // namespace

Status on_finish(const FinishedRun& run) {
  const auto& command = run.file.on_finish;
  if (command.empty()) return {};
  const auto end = run_child({.command = command,
                              .environment = environment_of(run),
                              .input = json_line(run_json(run.report)),
                              .prints_to_error = true,
                              .patience = run.patience});
  if (!end) return Status(end.error()).prefixed(fmt::format("{} ", command.front()));
  if (end->ok()) return {};
  return {Code::kInternal, fmt::format("{} {}", command.front(), ending_of(*end, run.patience))};
}

}  // namespace sentinel::app
