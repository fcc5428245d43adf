// An open transform as the engine sees it: after each batch every input row is accounted for exactly once.
//
// Each message of a fault is prefixed with the stage: "transform map: …". One thread at a time per instance.
#pragma once

#include "engine/config/option_tree.hpp"
#include "engine/plugins/row_reports.hpp"

#include <sentinel/batch.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sentinel::plugins {

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

}  // namespace sentinel::plugins
