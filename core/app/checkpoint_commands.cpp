// sentinel checkpoint show, reset: where the next run goes on, and how to make it begin again.
#include "engine/run/checkpoint.hpp"

#include "app/command.hpp"
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
                        lane.cursor.empty() ? "none: the next run begins at the beginning" : printable(lane.cursor));
  if (lane.epoch > 0) text += fmt::format("  batches        {}, at epoch {}\n", lane.seq, lane.epoch);
  if (!lane.holder.empty()) text += fmt::format("  held by        {}\n", printable(lane.holder));
  if (lane.heartbeat_age_ms >= 0) text += fmt::format("  last beat      {} ago\n", age_text(lane.heartbeat_age_ms));
  return text;
}

std::string lane_json(const LaneState& lane, const std::string& source_id) {
  using Json = nlohmann::ordered_json;
  return Json{{"source_id", lane.source_id},
              {"is_current", lane.source_id == source_id},
              {"lane", lane.lane},
              {"epoch", lane.epoch},
              {"seq", lane.seq},
              {"cursor", lane.cursor},
              {"holder", lane.holder.empty() ? Json() : Json(lane.holder)},
              {"heartbeat_age_ms", lane.heartbeat_age_ms < 0 ? Json() : Json(lane.heartbeat_age_ms)}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

int show_checkpoint(Context& context, const Arguments& arguments) {
  const auto loaded = load(context, arguments.words().front());
  if (!loaded.ok()) return engine::kExitConfig;
  const auto folder = store::open_state_folder();
  if (!folder) return complain(folder.error());
  const auto& file = *loaded.pipeline;
  const auto lanes = engine::show_checkpoint(file, context.registry, context.services, *folder);
  if (!lanes) return complain(lanes.error());
  if (arguments.has("json")) {
    std::vector<std::string> items;
    for (const auto& lane : *lanes) items.push_back(lane_json(lane, file.source_id));
    fmt::print("{}", json_items(items));
    return engine::kExitBalanced;
  }
  fmt::print("{}\n", file.name);
  for (const auto& lane : *lanes) fmt::print("{}", lane_text(lane, file.source_id));
  if (lanes->empty()) fmt::print("  no checkpoint yet: the next run begins at the beginning\n");
  return engine::kExitBalanced;
}

int reset_checkpoint(Context& context, const Arguments& arguments) {
  const auto loaded = load(context, arguments.words().front());
  if (!loaded.ok()) return engine::kExitConfig;
  const auto& file = *loaded.pipeline;
  const auto folder = store::open_state_folder();
  if (!folder) return complain(folder.error());
  const auto question =
      fmt::format("The next run of {} reads {} from the beginning; what is in the target already counts as unchanged.",
                  file.name, file.source_id);
  if (auto said = confirm(arguments, question); !said.ok()) return complain(said);
  const auto status = engine::reset_checkpoint(file, context.registry, context.services, *folder);
  if (!status.ok()) return complain(status);
  if (arguments.has("json"))
    fmt::print("{}\n",
               nlohmann::ordered_json{
                   {"schema_version", 1}, {"pipeline", file.name}, {"source_id", file.source_id}, {"reset", true}}
                   .dump());
  else
    fmt::print("{}: the next run begins at the beginning; rows that are there already count as unchanged\n", file.name);
  return engine::kExitBalanced;
}

}  // namespace

Command checkpoint_show_command() {
  return {"checkpoint show",
          "FILE",
          "Show where the next run goes on: every lane of the pipeline, of all its sources; takes nothing.",
          "sentinel checkpoint show pipelines/donations_table_to_mariadb.yaml",
          {},
          1,
          1,
          show_checkpoint};
}

Command checkpoint_reset_command() {
  return {"checkpoint reset",
          "FILE",
          "Let the next run begin at the beginning; rows that are there already count as unchanged.",
          "sentinel checkpoint reset --yes pipelines/donations_table_to_mariadb.yaml",
          {{"yes", "", "do not ask"}},
          1,
          1,
          reset_checkpoint};
}

}  // namespace sentinel::app
