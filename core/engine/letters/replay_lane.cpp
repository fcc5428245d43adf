// Opens store, sink, transforms and lane; binds to the schema of letters or of the source.
#include "engine/letters/replay_lane.hpp"

#include "engine/delivery/ending.hpp"
#include "engine/delivery/identity.hpp"
#include "engine/delivery/target.hpp"
#include "engine/ledger/record_snapshot.hpp"
#include "engine/letters/reconcile.hpp"

namespace sentinel::engine {

Status ReplayLane::open(const std::filesystem::path& state_folder, const std::string& run_id) {
  SENTINEL_ASSIGN(lock_, store::FolderLock::take(state_folder, file_.name, "recover"));
  SENTINEL_ASSIGN(store_, store::Store::open(state_folder, [this] { return services_.clock().now_unix_ms(); }));
  SENTINEL_ASSIGN(sink_, open_sink(file_, registry_, services_));
  SENTINEL_ASSIGN(transforms_, Chain::open(file_, registry_, services_, true));
  chain_ = transforms_.get();
  stages_.emplace(file_, *store_, services_, file_.name, file_.mapping_hash);
  delivery_.emplace(Workplace{file_, *sink_, *store_, services_}, accounting_, *stages_);
  stages::Attempts attempts(file_, services_, file_.outage.connect_wait);
  while (true) {
    const auto resumed = delivery_->resume(resume_request(file_, state_folder, run_id, true));
    if (resumed.ok()) break;
    SENTINEL_TRY(attempts.after_failure(resumed));
  }
  return sink_->is_transactional() ? reconcile_unless_running(state_folder) : Status();
}

// Letters that are pending while a run is under way are its own.
Status ReplayLane::reconcile_unless_running(const std::filesystem::path& state_folder) {
  const auto idle = store::FolderLock::take(state_folder, file_.name, "run");
  if (!idle) return idle.error().code() == Code::kFenced ? Status() : idle.error();
  auto status = reconcile_letters(file_, *sink_, *store_, services_.log());
  // A letter without payload stops a run; here it can be discarded.
  return status.native_code() == kNoPayload ? Status() : std::move(status);
}

Status ReplayLane::bind_chain(Chain& chain, Result<Schema> sink_schema) {
  if (!sink_schema) return std::move(sink_schema).error();
  sink_schema->set_read_once(true);  // a letter closes with its row
  SENTINEL_TRY(bind_sink(file_, *sink_, *sink_schema, services_.log(), false));
  accounting_.bind(*sink_schema);
  chain_ = &chain;
  return {};
}

Status ReplayLane::bind(const Schema& source_schema) {
  return bind_chain(*transforms_, transforms_->bind_to(source_schema));
}

Result<Chain*> ReplayLane::bind_to_source() {
  if (!with_source_) {
    SENTINEL_ASSIGN(with_source_, Chain::open(file_, registry_, services_));
  }
  SENTINEL_TRY(bind_chain(*with_source_, with_source_->bind()));
  return with_source_.get();
}

Status ReplayLane::bind_to_any(std::span<const std::string> letter_ids) {
  for (const auto& id : letter_ids) {
    const auto letter = store_->find(id);
    if (!letter || letter->record.empty()) continue;
    SENTINEL_ASSIGN(const auto schema, ledger::schema_from_json(letter->schema));
    return bind(schema);
  }
  const auto bound = bind_to_source();
  return bound ? Status() : bound.error();
}

Status ReplayLane::deliver_nothing() {
  PreparedBatch nothing;
  nothing.arriving.rows = BatchBuilder(accounting_.sink_schema()).finish();
  return delivery_->deliver(nothing);
}

Status ReplayLane::finish(const Status& status) {
  if (!sink_ || !sink_->is_transactional() || status.code() == Code::kFenced) return {};
  return sink_->finish(summary_of(status, ending_code(status, services_), delivery_->total()));
}

}  // namespace sentinel::engine
