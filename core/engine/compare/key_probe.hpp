// Finds the key in the target of a record that is rejected: a transform that rejects a record does not say what its key
// would have been.
#pragma once

#include "engine/flow/chain.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::engine {

// Learns from two records that pass which fields of the source make the key, then puts those fields of a rejected
// record into one that passes. It has transforms of its own, so that those of a run or a comparison are not affected.
class KeyProbe {
 public:
  static Result<std::unique_ptr<KeyProbe>> open(const config::PipelineFile& file, plugins::Registry& registry,
                                                telemetry::HostServices& services, const Schema& source_schema,
                                                const std::vector<std::string>& key_fields);

  // Remembers the first two records that pass and differ in their keys. REQUIRES: the batch was made by the same
  // transforms.
  void learn(const PreparedBatch& batch);
  bool has_learned() const { return passing_.has_value(); }
  // Which fields of the source make the key; none where they are unknown.
  Result<std::vector<std::size_t>> fields();
  // The keys of these records of the source, row by row; nothing where a key is unknown.
  Result<std::vector<std::optional<std::string>>> find(const Batch& records);
  // The keys of unchanged records: of those that reach the sink or are filtered.
  Result<std::vector<std::optional<std::string>>> keys_of(Batch records);

 private:
  KeyProbe(Schema source_schema, std::vector<std::string> key_fields)
      : source_schema_(std::move(source_schema)), key_fields_(std::move(key_fields)) {}
  // Each row of `records` with these fields, and all others from the first record that passes.
  Batch blend(const BatchView& records, const std::vector<std::size_t>& fields) const;
  Status find_fields();

  const Schema source_schema_;
  const std::vector<std::string> key_fields_;
  std::unique_ptr<Chain> chain_;
  Schema sink_schema_;
  std::optional<Batch> passing_;  // two rows
  std::vector<std::string> passing_keys_;
  std::optional<std::vector<std::size_t>> fields_;  // that make the key; empty: unknown
};

}  // namespace sentinel::engine
