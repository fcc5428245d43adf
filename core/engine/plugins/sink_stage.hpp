// An open sink as the engine sees it: a C++ face over the C calls, which checks every answer.
//
// Each message of a fault is prefixed with the stage: "sink sql: …". One thread at a time per instance; cancel() from
// any.
#pragma once

#include "engine/config/option_tree.hpp"
#include "engine/plugins/row_reports.hpp"
#include "engine/plugins/source_stage.hpp"

#include <sentinel/batch.hpp>
#include <sentinel/sink.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sentinel::plugins {

// What a sink of level 1 has accepted of one batch. Kept by the caller over all attempts of the batch, so that what was
// accepted is never sent again in this process.
class WriteProgress {
 public:
  std::int64_t accepted_rows() const { return std::ssize(outcome_) - std::ranges::count(outcome_, Outcome::kNone); }

 private:
  friend class SinkStage;
  std::vector<Outcome> outcome_;  // one per row; kNone: not accepted yet
  std::vector<RejectedRow> rejected_;
};

struct WrittenBatch {
  std::vector<Outcome> outcome;        // one per row, never kNone
  std::vector<RejectedRow> rejected;   // exactly the rows whose outcome is kRejected
  std::vector<BalanceLine> departing;  // the line of each row of a departed record: kDeparted, kFiltered, kSuperseded
};

class SinkStage {
 public:
  static Result<std::unique_ptr<SinkStage>> open(const sentinel_component& component, const sentinel_host& host,
                                                 const config::OptionTree& options);
  ~SinkStage();
  const std::string& use() const;
  bool is_transactional() const;
  // Level 1 with finish: a run is given every record, and counts only once finish() answered ok.
  bool writes_whole_runs() const;
  Status bind(const Schema& schema);
  // At level 1 in parts of the sink's max_rows. Errors: the sink's; a sink of level 1 may have accepted a part of the
  // batch before, which `progress` then holds: give the same one with the next attempt of the same batch.
  Result<WrittenBatch> write(const Batch& batch, const Claim* claim, WriteProgress* progress = nullptr);
  Status check();
  bool offers_create() const;
  Status create(const Schema& schema);
  Result<std::string> plan(const Schema& schema);
  // Level 2 only.
  Result<std::vector<Lane>> resume(const ResumeRequest& request);
  Status commit(const Seal& seal);
  Status rollback();
  Result<Verdict> resolve(const Claim& claim);
  Status letters(const std::string& pipeline,
                 const std::function<void(std::string_view source_id, const Letter&)>& each);
  Status heartbeat();
  // Every lane of the pipeline as it stands; takes none. kUnsupported where the sink does not offer it.
  Status lanes(const std::string& pipeline, const std::function<void(const LaneState&)>& each);
  // Level 2, and sinks that write whole runs.
  Status finish(const RunSummary& summary);
  // Level 2. Marks or removes rows inside the open transaction; answers which of them were there.
  bool offers_depart() const;
  Result<std::vector<bool>> depart(const Batch& rows, std::span<const Departure> actions);
  // What a comparison needs, after bind; kUnsupported where the sink does not offer it.
  bool offers_scan() const;
  Result<std::vector<std::string>> key_fields();
  // A page of the target's rows in the bound schema.
  Result<SourcePage> scan(const std::string& cursor, std::int64_t max_rows);
  Result<Batch> as_stored(const Batch& batch);
  Result<Batch> read_back(const Batch& keys);
  Status totals(std::string_view amount_field, std::string_view currency_field,
                const std::function<void(std::string_view currency, std::uint64_t rows, std::string_view sum)>& each);
  void cancel();

 private:
  struct Impl;
  explicit SinkStage(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sentinel::plugins
