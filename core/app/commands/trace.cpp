// sentinel trace: follows one record through source, transforms, letters and target.
#include "engine/compare/trace.hpp"
#include "app/command.hpp"
#include "app/json.hpp"
#include "app/report.hpp"
#include "engine/exit_code.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/clock.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

using Fate = engine::TraceReport::Fate;
using engine::TraceReport;

std::string fate_text(const TraceReport& report) {
  switch (report.fate) {
    case Fate::kNone: return "";
    case Fate::kPasses: return fmt::format("passes as {}", printable(report.passed));
    case Fate::kFiltered: return "is filtered";
    case Fate::kRejected: return fmt::format("rejected by {}: {}", report.stage, printable(report.reason));
  }
  return "";
}

std::string target_text(const TraceReport& report) {
  if (!report.is_in_target) return "no row with this key";
  return fmt::format("{}{}", printable(report.row),
                     report.fate != Fate::kPasses ? ""
                     : report.is_same             ? "   the same"
                                                  : "   differs");
}

std::string trace_text(const TraceReport& report, std::int64_t now_ms) {
  auto text = fmt::format("{}   key {}\n", report.pipeline, printable(report.key));
  if (report.source_key.empty())
    text += "  source      no record with this key, neither its own nor that of the target\n";
  else
    text += fmt::format("  source      {}   {}\n  transforms  {}\n", printable(report.source_key),
                        printable(report.record), fate_text(report));
  text += fmt::format("  target      {}\n", target_text(report));
  for (const auto& letter : report.letters) text += fmt::format("  letter      {}", letter_line(letter, now_ms, 2));
  if (report.letters.empty()) text += "  letters     none\n";
  if (report.last_run)
    text += fmt::format("  last run    {} {} ago, exit {}{}\n", report.last_run->run_id,
                        age_text(now_ms - report.last_run->ended_ms), report.last_run->exit_code,
                        report.last_run->reason.empty() ? "" : fmt::format(": {}", printable(report.last_run->reason)));
  return text;
}

Json trace_json(const TraceReport& report) {
  const auto object = [](const std::string& json) { return json.empty() ? Json() : Json::parse(json, nullptr, false); };
  auto letters = Json::array();
  for (const auto& letter : report.letters) letters.push_back(letter_json(letter, false));
  return {{"pipeline", report.pipeline},
          {"key", report.key},
          {"source_key", report.source_key},
          {"record", object(report.record)},
          {"fate", report.fate == Fate::kNone ? "" : kFateNames[static_cast<std::size_t>(report.fate) - 1]},
          {"stage", report.stage},
          {"reason", report.reason},
          {"target_key", report.target_key},
          {"passed", object(report.passed)},
          {"in_target", report.is_in_target},
          {"row", object(report.row)},
          {"same", report.is_same},
          {"letters", letters}};
}

int trace_record(Context& context, const Arguments& arguments) {
  const auto loaded = load(context, arguments.positionals()[0]);
  if (!loaded.ok()) return engine::kExitConfig;
  const auto folder = store::open_state_folder();
  if (!folder) return complain(folder.error());
  const auto report =
      engine::trace(*loaded.pipeline, context.registry, context.services, *folder, arguments.positionals()[1]);
  if (!report.fault.ok()) return complain(report.fault);
  if (arguments.has("json"))
    print_json(trace_json(report));
  else
    fmt::print("{}", trace_text(report, context.services.clock().now_unix_ms()));
  return report.exit_code;
}

}  // namespace

Command trace_command() {
  return {.name = "trace",
          .summary =
              "Follow one record: source, transforms, dead letters, target. KEY is its key in the source or in the "
              "target.",
          .example = "sentinel trace pipelines/donations_table_to_mariadb.yaml D-1042",
          .positionals = {{"FILE"}, {"KEY"}},
          .run = trace_record};
}

}  // namespace sentinel::app
