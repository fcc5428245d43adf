// Open stages as the engine sees them: C++ faces over the C calls, which check everything that a plugin hands back.
//
// Each message of a fault is prefixed with the stage: "source counter: …". One thread at a time per instance; cancel()
// from any.
#pragma once

#include "engine/config/option_tree.hpp"

#include <sentinel/batch.hpp>
#include <sentinel/sink.hpp>
#include <sentinel/source.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sentinel::plugins {

struct FilteredRow {
  std::int64_t row = 0;
  std::string reason;
  Departure action = Departure::kKeep;  // what becomes of its row in the target
};
struct RejectedRow {
  std::int64_t row = 0;
  Status why;  // a row fault; any other code from the plugin is turned into kInternal naming it
};
struct RejectedRecord {  // never became a row
  std::string key, position, raw;
  Status why;
};

struct SourcePage {
  Batch batch;  // normalised: exactly the eight types of Type
  std::string next;
  bool done = false;
  std::vector<FilteredRow> filtered;
  std::vector<RejectedRecord> rejected;
};

class SourceStage {
 public:
  // `host` must outlive the stage. Errors: those of the plugin's open.
  static Result<std::unique_ptr<SourceStage>> open(const sentinel_component& component, const sentinel_host& host,
                                                   const config::OptionTree& options);
  ~SourceStage();  // closes; every batch it gave must be gone
  const std::string& use() const;
  Result<Schema> schema();
  // REQUIRES: schema() was called. Errors: the plugin's; kInternal where what it hands back breaks the contract.
  Result<SourcePage> read(const std::string& cursor, std::int64_t max_rows, std::int64_t max_bytes);
  Status check();  // ok where the plugin does not offer it
  bool offers_discover() const;
  // Every field of everything that could be read, with a sample; entity by entity.
  Status discover(const std::function<void(const FoundField&)>& each);
  // How many records a pass from the beginning reads; kUnsupported where the plugin does not offer it.
  Result<std::int64_t> count();
  bool offers_fetch() const;
  Result<SourcePage> fetch(std::span<const std::string> keys);
  bool offers_keys() const;
  // Up to `max_rows` keys that exist, behind a cursor of this call's own; the page holds no rows.
  Result<SourcePage> keys(const std::string& cursor, std::int64_t max_rows,
                          const std::function<void(std::string_view)>& each);
  void cancel();

 private:
  struct Impl;
  explicit SourceStage(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct AppliedBatch {
  Batch batch;
  std::vector<std::int64_t> origin;  // input row of each output row; always filled
  std::vector<FilteredRow> filtered;
  std::vector<RejectedRow> rejected;
};

class TransformStage {
 public:
  static Result<std::unique_ptr<TransformStage>> open(const sentinel_component& component, const sentinel_host& host,
                                                      const config::OptionTree& options);
  ~TransformStage();
  const std::string& use() const;
  Result<Schema> bind(const Schema& in);
  // Every input row is in exactly one of origin, filtered, rejected; else kInternal naming the transform and a row.
  Result<AppliedBatch> apply(Batch in);

 private:
  struct Impl;
  explicit TransformStage(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct WrittenBatch {
  std::vector<Outcome> outcome;        // one a row, never kNone
  std::vector<RejectedRow> rejected;   // exactly the rows whose outcome is kRejected
  std::vector<BalanceLine> departing;  // what became of the rows that leave: kDeparted, kFiltered or kSuperseded
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
  Result<WrittenBatch> write(const Batch& batch, const Claim* claim);
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

// Checks an array against a schema as far as the structs can show it (counts, lengths, null buffers, falling offsets,
// UTF-8), and converts i s I U Z, float, 8- and 16-bit integer and dictionary columns to the types Sentinel carries.
// `in` is taken. Errors: kInternal by field name.
Result<Batch> normalise(ArrowArray in, const ArrowSchema& declared, const Schema& schema);
// The schema after that conversion.
Result<Schema> normalised_schema(const ArrowSchema& declared);

}  // namespace sentinel::plugins
