// Reads source and target completely, and finds by key what is missing, different or extra in the target.
#pragma once

#include "engine/compare/key_probe.hpp"
#include "engine/compare/key_table.hpp"
#include "engine/compare/verify.hpp"
#include "engine/delivery/known_letters.hpp"
#include "engine/flow/chain.hpp"
#include "engine/plugins/sink_stage.hpp"
#include "engine/plugins/source_stage.hpp"
#include "engine/stages/outage.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::engine {

// A record that may own a row of the target; nobody knows, since its target key is unknown.
struct Keyless {
  std::string source_key, record_hash;
  bool has_landed = false;  // as a person edited it
};

// What a caller may look at while both sides are read. Any of them may be empty; an error ends the reading.
struct ComparisonWatch {
  std::function<Status(const PreparedBatch&)> on_batch;  // each page of the source, sent through the transforms
  std::function<Status(const Keyless&)> on_keyless;
  std::function<Status(const KeyFacts&)> on_extra;  // each row of the target that no record accounts for
  std::function<Status()> between_pages;
};

// The money of a row of the target.
struct RowAmount {
  std::string currency;
  int128 minor = 0;
};

// The calls come in this order: open, read_target, read_source, compare, read_again. Holds connections of its own, no
// lane, and writes nothing. Fills the report's counts.
class Comparison {
 public:
  // All borrowed.
  Comparison(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
             const std::filesystem::path& state_folder, std::size_t examples, VerifyReport& report)
      : file_(file),
        registry_(registry),
        services_(services),
        folder_(state_folder),
        examples_(examples),
        report_(report) {}

  Status open();
  void watch(ComparisonWatch watch) { watch_ = std::move(watch); }
  // Target first, then the source: a row that lands meanwhile seems missing, and is found when it is read again.
  Status read_target();
  Status read_source();
  // Records that were read beside read_source(), before compare().
  Status take(const PreparedBatch& batch);
  Status compare();
  // The row with this key, if there is one, is accounted for. Before compare().
  Status hold(std::string_view key) { return table_->add_held(key); }
  // What seems missing or different is fetched once more before it counts.
  Status read_again();

  // The next records that are missing or different, as they are now; nothing after the last one. `after`: 0 at first.
  Result<std::optional<PreparedBatch>> next_to_land(std::int64_t& after);
  // Adds the first differences to the report.
  Status name_examples();
  // Calls until the service answers, for as long as outage.wait.
  template <class T>
  Result<T> patiently(const std::function<Result<T>()>& ask) {
    stages::Outage outage(file_.outage.wait, file_.retry, services_, services_.stop());
    while (true) {
      if (services_.stop().requested()) return Status(Code::kCancelled, "stopped");
      auto answer = ask();
      if (answer || !is_retryable(answer.error().code())) return answer;
      SENTINEL_TRY(outage.wait(answer.error()));
    }
  }
  // A page of the target's rows, with a cursor of its own.
  Result<plugins::SourcePage> scan(const std::string& cursor);
  std::optional<std::string> key_of(const BatchView& rows, std::int64_t row) const;
  std::optional<RowAmount> amount_in(const BatchView& rows, std::int64_t row) const;

  const Schema& schema() const { return schema_; }  // of the sink
  Chain& chain() { return *chain_; }
  plugins::SinkStage& sink() { return *sink_; }
  store::Store& store() { return *store_; }
  KnownLetters& known() { return *known_; }

 private:
  Status ask_database();
  Amount amount_of(const PreparedBatch& batch, std::int64_t row);
  Result<std::optional<Batch>> as_stored(const Batch& batch);
  Status take_rejected(const std::string& source_key, const std::string& record_hash);
  Status note_rejected(const PreparedBatch& batch);
  Status hold_rejected(const Batch& records);
  Status hold_edited();
  Status hold_edited(const store::StoredLetter& letter);
  Status keyless(const Keyless& record) { return watch_.on_keyless ? watch_.on_keyless(record) : Status(); }
  Result<bool> is_owed(const std::string& source_key);
  Status classify(const KeyFacts& facts);
  Status compare_again(const std::vector<KeyTable::Noted>& noted);
  Result<PreparedBatch> fetch(const std::vector<KeyTable::Noted>& noted);
  Batch keys_of(const BatchView& rows) const;
  std::vector<std::string> differing_fields(const BatchView& a, std::int64_t row_a, const BatchView& b,
                                            std::int64_t row_b) const;

  const config::PipelineFile& file_;
  plugins::Registry& registry_;
  telemetry::HostServices& services_;
  const std::filesystem::path folder_;
  const std::size_t examples_;
  VerifyReport& report_;
  ComparisonWatch watch_;
  std::unique_ptr<store::Store> store_;
  std::optional<KnownLetters> known_;
  std::unique_ptr<Chain> chain_;
  std::unique_ptr<plugins::SinkStage> sink_;
  std::unique_ptr<KeyTable> table_;
  std::unique_ptr<KeyProbe> probe_;
  std::vector<Batch> rejected_;  // records that were rejected before one passed
  Schema schema_;
  std::vector<std::size_t> key_columns_;
  std::size_t witness_ = Schema::npos;
  std::vector<std::string> currencies_;
  std::map<std::string, std::vector<std::string>> fields_;  // of examples, by key
};

}  // namespace sentinel::engine
