// The lane on which letters are delivered: what a replay, a discard and an erasure share.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/delivery/delivery.hpp"
#include "engine/flow/chain.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/stages/built_in_stages.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/host_services.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::engine {

// Accounting that learns the sink's schema when it is bound.
class LetterAccounting : public Accounting {
 public:
  virtual void bind(const Schema& sink_schema) { sink_schema_ = sink_schema; }
  const Schema& sink_schema() const override { return sink_schema_; }
  Status prepare(PreparedBatch&) override { return {}; }

 private:
  Schema sink_schema_;
};

// One thread at a time. Works beside an active run: it has a lock and a lane of its own.
class ReplayLane {
 public:
  // All borrowed.
  ReplayLane(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
             LetterAccounting& accounting)
      : file_(file), registry_(registry), services_(services), accounting_(accounting) {}

  // Takes the lock and the lane, waiting for a target that does not answer as long as outage.connect_wait. Letters that
  // a crashed run left pending become facts or are dropped, unless a run is under way. Errors: kFenced; those of store
  // and sink.
  Status open(const std::filesystem::path& state_folder, const std::string& run_id);

  // Binds transforms and sink to records of this schema. Errors: those of bind; kInvalidConfig with the place in the
  // file.
  Status bind(const Schema& source_schema);
  // Binds to the schema of any of these letters, which is enough to open a transaction that writes no rows; where none
  // has a record, to the source's own.
  Status bind_to_any(std::span<const std::string> letter_ids);
  // The chain with its source, bound, for fetching letters' records anew. It stays the chain until the next bind().
  // Errors: those of source and bind.
  Result<Chain*> bind_to_source();
  Chain& chain() { return *chain_; }

  // Delivers on the replay's lane. REQUIRES: a bind before.
  Status deliver(PreparedBatch& batch, std::span<const std::string_view> letter_ids) {
    return delivery_->deliver(batch, letter_ids);
  }
  // Discards letters in one transaction that writes no rows.
  Status deliver_nothing();
  // Writes the end of this replay into the target's ledger.
  Status finish(const Status& status);

  store::Store& store() { return *store_; }
  plugins::SinkStage& sink() { return *sink_; }
  const stages::DeadLetter& dead_letter() const { return stages_->dead_letter; }

 private:
  Status reconcile_unless_running(const std::filesystem::path& state_folder);
  Status bind_chain(Chain& chain, Result<Schema> sink_schema);

  const config::PipelineFile& file_;
  plugins::Registry& registry_;
  telemetry::HostServices& services_;
  LetterAccounting& accounting_;
  std::optional<store::FolderLock> lock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<plugins::SinkStage> sink_;
  std::unique_ptr<Chain> transforms_, with_source_;
  Chain* chain_ = nullptr;  // the one that was bound last
  std::optional<stages::CommitStages> stages_;
  std::optional<Delivery> delivery_;
};

}  // namespace sentinel::engine
