// Reads the lanes, or commits an empty batch whose next cursor is the beginning.
#include "engine/run/checkpoint.hpp"

#include "engine/delivery/balance.hpp"
#include "engine/delivery/commit.hpp"
#include "engine/delivery/delivery.hpp"
#include "engine/delivery/identity.hpp"
#include "engine/delivery/target.hpp"
#include "engine/fault_codes.hpp"
#include "engine/flow/chain.hpp"

#include <fmt/format.h>

namespace sentinel::engine {
namespace {

Result<std::unique_ptr<store::Store>> open_store(const std::filesystem::path& folder,
                                                 telemetry::HostServices& services) {
  return store::Store::open(folder, [&services] { return services.clock().now_unix_ms(); });
}

Status no_checkpoint(const config::PipelineFile& file) {
  return {
      Code::kInvalidConfig,
      fmt::format("{}: the sink {} writes complete runs: each starts from the beginning, and there is no checkpoint",
                  file.path, file.sink.use)};
}

// One batch without rows in this lane.
Status commit_beginning(const Workplace& place, const Lane& lane, const Schema& schema) {
  const auto delivery = place.services.random_hex(32);
  const Claim claim{lane.lane, lane.epoch, lane.seq + 1, delivery, {}};
  const auto nothing = BatchBuilder(schema).finish();
  if (auto written = place.sink.write(nothing, &claim); !written) return roll_back(place, std::move(written).error());
  Seal seal;
  seal.claim = claim;
  return commit_and_resolve(place, seal);
}

Status reset_lanes(const Workplace& place, plugins::Registry& registry, const ResumeRequest& request) {
  SENTINEL_ASSIGN(auto chain, Chain::open(place.file, registry, place.services));
  SENTINEL_ASSIGN(const auto schema, chain->bind());
  SENTINEL_TRY(bind_sink(place.file, place.sink, schema, place.services.log(), false));
  SENTINEL_ASSIGN(const auto lanes, place.sink.resume(request));
  Status status;
  for (const auto& lane : lanes)
    if (status.ok()) status = commit_beginning(place, lane, schema);
  RunSummary summary;
  summary.exit_code = exit_code_of(status.code());
  summary.state = status.ok() ? "finished" : "failed";
  summary.reason = status.ok() ? "the checkpoint was reset" : status.message();
  if (status.code() == Code::kFenced) return status;
  const auto recorded = place.sink.finish(summary);
  return status.ok() ? recorded : status;
}

}  // namespace

Result<std::vector<LaneState>> show_checkpoint(const config::PipelineFile& file, plugins::Registry& registry,
                                               telemetry::HostServices& services,
                                               const std::filesystem::path& state_folder) {
  SENTINEL_ASSIGN(auto sink, open_sink(file, registry, services));
  if (sink->writes_whole_runs()) return no_checkpoint(file);
  std::vector<LaneState> lanes;
  if (sink->is_transactional()) {
    SENTINEL_TRY(sink->lanes(file.name, [&](const LaneState& lane) { lanes.push_back(lane); }));
    return lanes;
  }
  SENTINEL_ASSIGN(auto store, open_store(state_folder, services));
  SENTINEL_ASSIGN(const auto cursor, store->state(file.name, checkpoint_name(file.source_id)));
  if (cursor) {
    auto& lane = lanes.emplace_back();
    lane.source_id = file.source_id;
    lane.cursor = *cursor;
  }
  return lanes;
}

Status reset_checkpoint(const config::PipelineFile& file, plugins::Registry& registry,
                        telemetry::HostServices& services, const std::filesystem::path& state_folder) {
  SENTINEL_ASSIGN(auto lock, store::FolderLock::take(state_folder, file.name, "run"));
  SENTINEL_ASSIGN(auto store, open_store(state_folder, services));
  SENTINEL_ASSIGN(auto sink, open_sink(file, registry, services));
  if (sink->writes_whole_runs()) return no_checkpoint(file);
  const auto run_id = new_run_id(services);
  const auto began_ms = services.clock().now_unix_ms();
  auto status = sink->is_transactional() ? reset_lanes({file, *sink, *store, services}, registry,
                                                       resume_request(file, state_folder, run_id, false))
                                         : store->set_state(file.name, checkpoint_name(file.source_id), "");
  if (status.ok()) SENTINEL_TRY(store->set_state(file.name, "position", ""));
  SENTINEL_TRY(store->record_run({run_id, file.name, file.source_id, "checkpoint reset", began_ms,
                                  services.clock().now_unix_ms(), exit_code_of(status.code()), status.message(),
                                  balance_json({})}));
  return status;
}

}  // namespace sentinel::engine
