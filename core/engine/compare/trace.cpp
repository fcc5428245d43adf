// Fetches the record by key, or searches the source for it, sends it through the transforms, and looks up letters and
// target.
#include "engine/compare/trace.hpp"

#include "engine/compare/key_table.hpp"
#include "engine/delivery/ending.hpp"
#include "engine/delivery/target.hpp"
#include "engine/flow/chain.hpp"
#include "engine/flow/target_key.hpp"
#include "engine/ledger/record_snapshot.hpp"
#include "engine/store/store.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace sentinel::engine {
namespace {

class Trace {
 public:
  Trace(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
        const std::filesystem::path& folder, TraceReport& report)
      : file_(file), registry_(registry), services_(services), folder_(folder), report_(report) {}

  Status execute() {
    SENTINEL_ASSIGN(chain_, Chain::open(file_, registry_, services_));
    SENTINEL_ASSIGN(sink_, open_sink(file_, registry_, services_));
    SENTINEL_ASSIGN(schema_, chain_->bind());
    SENTINEL_TRY(bind_sink(file_, *sink_, schema_, services_.log(), false));
    if (sink_->offers_scan()) {
      SENTINEL_ASSIGN(auto keys, sink_->key_fields());
      key_columns_ = columns_of(schema_, keys);
      chain_->note_keys(std::move(keys));
    }
    SENTINEL_TRY(find_in_source());
    SENTINEL_TRY(find_in_target());
    return find_letters();
  }

 private:
  Status find_in_source() {
    if (chain_->source().offers_fetch()) {
      SENTINEL_ASSIGN(auto page, chain_->source().fetch(std::span(&report_.key, 1)));
      SENTINEL_ASSIGN(const auto batch, chain_->prepare(std::move(page)));
      if (batch.source.rows() > 0) return take(batch, batch.source.rows() - 1);
    }
    return walk_source();
  }

  // The last record with this key, as its own or as the target's.
  Status walk_source() {
    std::string cursor;
    while (!services_.stop().requested()) {
      SENTINEL_ASSIGN(const auto batch, chain_->next(cursor, 5000, 4 << 20));
      if (const auto row = row_with_key(batch); row >= 0) SENTINEL_TRY(take(batch, row));
      cursor = batch.next_cursor;
      if (batch.done) return {};
    }
    return {Code::kCancelled, "stopped"};
  }

  std::int64_t row_with_key(const PreparedBatch& batch) const {
    std::int64_t found = -1;
    const auto rows = batch.arriving.rows.view(schema_);
    for (std::int64_t row = 0; !key_columns_.empty() && row < rows.rows(); ++row)
      if (target_key(rows, key_columns_, row) == report_.key)
        found = batch.arriving.origin[static_cast<std::size_t>(row)];
    for (const auto& [row, key] : batch.key_notes)
      if (key == report_.key) found = std::max(found, row);
    const auto source = batch.source.view(batch.source_schema);
    for (std::int64_t row = 0; row < source.rows(); ++row)
      if (ledger::source_key(source, row) == report_.key) found = std::max(found, row);
    return found;
  }

  Status take(const PreparedBatch& batch, std::int64_t row) {
    const auto source = batch.source.view(batch.source_schema);
    report_.source_key = ledger::source_key(source, row);
    report_.record = ledger::snapshot_json(source, row);
    report_.fate = TraceReport::Fate::kFiltered;
    for (const auto& [dropped, key] : batch.key_notes)
      if (dropped == row) report_.target_key = key;
    for (const auto& rejection : batch.rejected) {
      if (rejection.row != row) continue;
      report_.fate = TraceReport::Fate::kRejected;
      report_.stage = rejection.stage;
      report_.reason = rejection.why.message();
    }
    const auto passed = std::ranges::find(batch.arriving.origin, row);
    if (passed == batch.arriving.origin.end()) return {};
    report_.fate = TraceReport::Fate::kPasses;
    const auto at = passed - batch.arriving.origin.begin();
    const auto rows = batch.arriving.rows.view(schema_);
    report_.passed = ledger::snapshot_json(rows, at);
    report_.target_key = key_columns_.empty() ? "" : target_key(rows, key_columns_, at).value_or("");
    auto stored = sink_->as_stored(batch.arriving.rows);
    passed_hash_ = row_hash(stored ? stored->view(schema_) : rows, at);
    return {};
  }

  // By the key that the record would have there, or else by the one that was asked for.
  Status find_in_target() {
    if (key_columns_.empty()) return {};
    const auto keys = key_batch(report_.target_key.empty() ? report_.key : report_.target_key);
    if (!keys) return {};
    SENTINEL_ASSIGN(const auto back, sink_->read_back(*keys));
    const auto rows = back.view(schema_);
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      const auto key = target_key(rows, key_columns_, row);
      if (key != (report_.target_key.empty() ? report_.key : report_.target_key)) continue;
      report_.is_in_target = true;
      report_.target_key = *key;
      report_.row = ledger::snapshot_json(rows, row);
      report_.is_same = row_hash(rows, row) == passed_hash_;
    }
    return {};
  }

  // A batch of this one key; nothing if it is no value of the key's fields.
  std::optional<Batch> key_batch(const std::string& key) const {
    Schema shape;
    for (const auto column : key_columns_) shape.add(schema_[column]);
    const auto values = values_in(key, shape.size());
    if (values.size() != shape.size()) return std::nullopt;
    std::string record;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      const bool is_bare = shape[i].type == Type::kInt64 || shape[i].type == Type::kBool;
      record += (i == 0 ? "{" : ",") + quoted(shape[i].name) + ":" + (is_bare ? values[i] : quoted(values[i]));
    }
    record += "}";
    auto batch = ledger::batch_from_snapshots(shape, std::span(&record, 1));
    return batch ? std::optional(std::move(*batch)) : std::nullopt;
  }
  // A key of several fields is a JSON array of texts.
  static std::vector<std::string> values_in(const std::string& key, std::size_t fields) {
    if (fields == 1) return {key};
    std::vector<std::string> values;
    const auto parsed = nlohmann::json::parse(key, nullptr, false);
    for (std::size_t i = 0; parsed.is_array() && i < parsed.size(); ++i)
      if (parsed[i].is_string()) values.push_back(parsed[i].get<std::string>());
    return values;
  }
  static std::string quoted(const std::string& text) {
    const Schema one{utf8("k")};
    BatchBuilder builder(one);
    builder.append(text);
    const auto batch = builder.finish();
    auto json = ledger::snapshot_json(batch.view(one), 0);  // {"k":"…"}
    return json.substr(5, json.size() - 6);
  }

  Status find_letters() {
    SENTINEL_ASSIGN(const auto store, store::Store::open(folder_, [this] { return services_.clock().now_unix_ms(); }));
    store::LetterFilter filter;
    filter.pipeline = file_.name;
    filter.status = {store::LetterStatus::kWaiting, store::LetterStatus::kQuarantined, store::LetterStatus::kRecovered,
                     store::LetterStatus::kSuperseded, store::LetterStatus::kDiscarded};
    filter.source_key = report_.source_key.empty() ? report_.key : report_.source_key;
    SENTINEL_ASSIGN(report_.letters, store->list(filter));
    SENTINEL_ASSIGN(const auto runs, store->last_runs(file_.name, 1));
    if (!runs.empty()) report_.last_run = runs.front();
    return {};
  }

  const config::PipelineFile& file_;
  plugins::Registry& registry_;
  telemetry::HostServices& services_;
  const std::filesystem::path folder_;
  TraceReport& report_;
  std::unique_ptr<Chain> chain_;
  std::unique_ptr<plugins::SinkStage> sink_;
  Schema schema_;
  std::vector<std::size_t> key_columns_;
  std::string passed_hash_;
};

}  // namespace

TraceReport trace(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
                  const std::filesystem::path& state_folder, const std::string& key) {
  TraceReport report;
  report.pipeline = file.name;
  report.source_id = file.source_id;
  report.key = key;
  report.fault = Trace(file, registry, services, state_folder, report).execute();
  report.exit_code = ending_code(report.fault, services);
  return report;
}

}  // namespace sentinel::engine
