// Replaces the ends of a pipeline in a case: a source that gives the case's records, and the pipeline's own sink behind
// injected faults of write and commit. Both keep the names and options of the real components,
// so that the pipeline file runs unchanged.
#pragma once

#include "engine/cases/case_file.hpp"

#include <sentinel/abi.h>

#include <deque>
#include <mutex>

namespace sentinel::cases {

// One case at a time in a process.
class StandIns {
 public:
  // REQUIRES: `one` and the real components outlive this; no other StandIns is alive.
  StandIns(const Case& one, const sentinel_component& source, const sentinel_component& sink);
  ~StandIns();
  StandIns(const StandIns&) = delete;

  // The plugin that holds both, for a registry: before all others, under the same names.
  static const sentinel_plugin* entry(std::uint32_t host_abi) SENTINEL_NOEXCEPT;

  // Faults that have not happened, as "source.1", "sink.0".
  std::vector<std::string> faults_left() const;
  // The rows that the sink took, in order: where the target cannot be asked. Those of an aborted batch are not in it.
  const std::vector<Row>& taken() const { return taken_; }
  const Schema& bound() const { return bound_; }  // the schema that the sink got

  struct Calls;

 private:
  Status next_source_fault();
  std::optional<SinkFault> next_sink_fault(bool of_commit);
  void note(const sentinel_write_request& request);
  void keep();

  const Case& case_;
  mutable std::mutex mutex_;
  std::deque<SourceFault> source_faults_;
  std::deque<SinkFault> sink_faults_;
  const sentinel_sink_calls& real_sink_;
  Schema bound_;
  std::vector<Row> open_, taken_;

  sentinel_source_calls source_calls_{};
  sentinel_sink_calls sink_calls_{};
  sentinel_component components_[2]{};
  const sentinel_component* pointers_[2]{};
  sentinel_plugin plugin_{};
};

// A row as text.
Row row_of(const BatchView& rows, std::int64_t row);

}  // namespace sentinel::cases
