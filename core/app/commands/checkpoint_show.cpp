// sentinel checkpoint show: shows where the next run continues.
#include "engine/run/checkpoint.hpp"

#include "app/command.hpp"
#include "app/json.hpp"
#include "app/report.hpp"
#include "engine/exit_code.hpp"
#include "engine/store/store.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

std::string lane_text(const LaneState& lane, const std::string& source_id) {
  auto text = fmt::format("  source         {}{}\n", lane.source_id,
                          lane.source_id == source_id ? "" : "   (not the one in the file now)");
  if (lane.lane < 0)
    text += "  lane           replays\n";
  else
    text += fmt::format("  lane           {}\n  cursor         {}\n", lane.lane,
                        lane.cursor.empty() ? "none: the next run starts from the beginning" : printable(lane.cursor));
  if (lane.epoch > 0) text += fmt::format("  batches        {}, at epoch {}\n", lane.seq, lane.epoch);
  if (!lane.holder.empty()) text += fmt::format("  held by        {}\n", printable(lane.holder));
  if (lane.heartbeat_age_ms >= 0) text += fmt::format("  last beat      {} ago\n", age_text(lane.heartbeat_age_ms));
  return text;
}

Json lane_json(const LaneState& lane, const std::string& source_id) {
  return {{"source_id", lane.source_id},
          {"is_current", lane.source_id == source_id},
          {"lane", lane.lane},
          {"epoch", lane.epoch},
          {"seq", lane.seq},
          {"cursor", lane.cursor},
          {"holder", lane.holder.empty() ? Json() : Json(lane.holder)},
          {"heartbeat_age_ms", lane.heartbeat_age_ms < 0 ? Json() : Json(lane.heartbeat_age_ms)}};
}

int show_checkpoint(Context& context, const Arguments& arguments) {
  const auto loaded = load(context, arguments.positionals().front());
  if (!loaded.ok()) return engine::kExitConfig;
  const auto folder = store::open_state_folder();
  if (!folder) return complain(folder.error());
  const auto& file = *loaded.pipeline;
  const auto lanes = engine::show_checkpoint(file, context.registry, context.services, *folder);
  if (!lanes) return complain(lanes.error());
  if (arguments.has("json")) {
    auto items = Json::array();
    for (const auto& lane : *lanes) items.push_back(lane_json(lane, file.source_id));
    print_json_items(std::move(items));
    return engine::kExitBalanced;
  }
  fmt::print("{}\n", file.name);
  for (const auto& lane : *lanes) fmt::print("{}", lane_text(lane, file.source_id));
  if (lanes->empty()) fmt::print("  no checkpoint yet: the next run starts from the beginning\n");
  return engine::kExitBalanced;
}

}  // namespace

Command checkpoint_show_command() {
  return {
      .name = "checkpoint show",
      .summary = "Show where the next run continues: every lane of the pipeline, of all its sources; changes nothing.",
      .example = "sentinel checkpoint show pipelines/donations_table_to_mariadb.yaml",
      .positionals = {{"FILE"}},
      .run = show_checkpoint};
}

}  // namespace sentinel::app
