// The source and its transforms: reads a page, passes it through, and tracks what became of every record.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/flow/prepared_batch.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/plugins/source_stage.hpp"
#include "engine/plugins/transform_stage.hpp"
#include "engine/telemetry/host_services.hpp"

#include <sentinel/batch.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::engine {

// A record that a stage filtered or rejected.
struct EndedRecord {
  std::int64_t row = -1;  // of the source batch; -1: it never became a row
  std::string key;        // where it never became a row
  bool is_filtered = false;
  Status why;
};

// What one stage makes of a page; borrowed for the call.
struct StageOutput {
  const config::StageConfig& stage;
  const Schema& schema;
  const Batch& batch;
  const std::vector<std::int64_t>& origin;  // source row of each row
  const std::vector<EndedRecord>& ended;
};

// Opened stages of one pipeline file. One thread at a time, cancel() excepted.
class Chain {
 public:
  // Opens source (unless `transforms_only`) and transforms. Errors carry file:line:column of the option at fault.
  static Result<std::unique_ptr<Chain>> open(const config::PipelineFile& file, plugins::Registry& registry,
                                             telemetry::HostServices& services, bool transforms_only = false);
  // Binds the transforms to the source's schema and returns the schema that the sink will get.
  Result<Schema> bind();
  // The same for records of this schema, as replay has them.
  Result<Schema> bind_to(const Schema& source_schema);
  const Schema& source_schema() const { return source_schema_; }

  // Reads one page behind `cursor` and prepares it. Errors: those of the source; faults of a transform.
  Result<PreparedBatch> next(const std::string& cursor, std::int64_t max_rows, std::int64_t max_bytes);
  // Passes records that were already read through the transforms.
  Result<PreparedBatch> prepare(plugins::SourcePage page);

  // From now on the keys of rows that do not reach the sink are noted, by the names of the sink's key fields.
  void note_keys(std::vector<std::string> fields) {
    key_fields_ = std::move(fields);
    for (auto& transform : transforms_) transform.carries_departures = true;
  }

  // From now on `watcher` gets each stage's output, source first, while a page passes through.
  void watch(std::function<void(const StageOutput&)> watcher) { watcher_ = std::move(watcher); }

  Status check();
  plugins::SourceStage& source() { return *source_; }
  void cancel();

 private:
  struct Transform {
    const config::StageConfig* config;
    std::unique_ptr<plugins::TransformStage> stage;
    Schema out;
    bool carries_departures = false;  // its filtered rows pass through the later stages apart from the others
    // Whether its input fields named like the key hold the key, by the records that passed.
    bool confirms_keys = false, misnames_keys = false;
  };
  explicit Chain(const config::PipelineFile& file) : file_(file) {}
  bool has_money(const Schema& schema) const;
  Status find_money();
  Status check_exponents() const;
  Result<Departing> carry_on(std::size_t stage, Departing departing, PreparedBatch& batch) const;
  // Adds the rows of `in` that a stage made departing, if they still have the fields of `out`.
  void join(Departing& departing, const BatchView& in, const Schema& out,
            const std::vector<plugins::FilteredRow>& filtered, const std::vector<std::int64_t>& origin,
            PreparedBatch& batch) const;
  void hand_over(Departing departing, const Schema& schema, PreparedBatch& batch) const;
  bool departs(const plugins::FilteredRow& row) const;
  void note_money(std::size_t stage, const Batch& rows, const std::vector<std::int64_t>& origin,
                  PreparedBatch& batch) const;
  void note_reported(std::int64_t source_row, const std::optional<RejectedAmount>& amount, PreparedBatch& batch) const;
  Amount reported(const std::optional<RejectedAmount>& amount, PreparedBatch& batch) const;
  std::vector<std::optional<std::string>> keys_in(const BatchView& rows) const;
  // The keys of a stage's input rows, and which of these it rejected.
  struct StageKeys {
    std::vector<std::optional<std::string>> keys;
    std::vector<std::int64_t> origin;    // source row of each
    std::vector<std::int64_t> rejected;  // rows among them
  };
  void note_rejected_keys(const std::vector<StageKeys>& stages, PreparedBatch& batch);
  void show_source(const Batch& rows, const std::vector<plugins::FilteredRow>& filtered, const PreparedBatch& batch,
                   const std::vector<std::int64_t>& origin) const;
  void note_amounts(const BatchView& view, const std::vector<std::int64_t>& origin, PreparedBatch& batch) const;

  const config::PipelineFile& file_;
  std::unique_ptr<plugins::SourceStage> source_;
  std::vector<Transform> transforms_;
  Schema source_schema_;
  std::function<void(const StageOutput&)> watcher_;
  std::vector<std::string> key_fields_;
  std::optional<std::size_t> money_after_;  // after how many transforms the money field first exists as int64
};

// Puts file:line:column of the option (or of the stage) in front of a fault of that stage.
Status located(const config::PipelineFile& file, const config::StageConfig& stage, Status fault);

}  // namespace sentinel::engine
