// sentinel dlq rebuild: fetches from the source the records of letters whose store was lost.
#include "app/letters.hpp"
#include "engine/letters/rebuild.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

Json report_json(const engine::RebuildReport& report) {
  auto missing = Json::array();
  for (const auto& each : report.missing)
    missing.push_back({{"letter_id", each.letter_id},
                       {"source_key", each.source_key},
                       {"reason", each.reason},
                       {"why", each.reason}});  // the former name of `reason`; deprecated
  return {{"rebuilt", report.rebuilt}, {"missing", missing}};
}

Result<int> rebuild_letters(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  const auto report = engine::rebuild(file, context.registry, context.services, folder,
                                      fmt::format("fetched again by {}", operator_name()));
  if (!report.fault.ok()) complain(report.fault);
  if (arguments.has("json")) {
    print_json(report_json(report));
    return report.exit_code;
  }
  fmt::print("{} dead letter{} fetched again\n", report.rebuilt, report.rebuilt == 1 ? "" : "s");
  for (const auto& each : report.missing)
    fmt::print("letter {}, key {}: {}; discard it with \"sentinel dlq discard {} {} --reason …\"\n", each.letter_id,
               printable(each.source_key), each.reason, file.name, each.letter_id);
  return report.exit_code;
}

}  // namespace

Command dlq_rebuild_command() {
  return {.name = "dlq rebuild",
          .summary = "Fetch the records of letters that the target knows and this state folder lost.",
          .example = "sentinel dlq rebuild pipelines/donations_table_to_mariadb.yaml",
          .positionals = {{"FILE|PIPELINE"}},
          .run = run_code<rebuild_letters>};
}

}  // namespace sentinel::app
