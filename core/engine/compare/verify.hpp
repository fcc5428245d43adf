// Compares what the source holds now, sent through today's transforms, with what the target holds and what the dead
// letters owe.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/delivery/report.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/telemetry/host_services.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::engine {

struct VerifyOptions {
  bool repair = false;        // deliver the records that are missing or different
  std::size_t examples = 10;  // how many differences the report names
};

struct VerifyReport {
  std::string pipeline, source_id, run_id;
  int exit_code = 0;
  Status fault;  // ok where both sides were read to their end
  int exponent = 2;
  std::int64_t elapsed_ms = 0;

  // The source, in records: read = expected + superseded + filtered + owed + unrecorded.
  std::uint64_t read = 0, expected = 0, superseded = 0, filtered = 0;
  std::uint64_t owed = 0;        // held by an open letter, or discarded by an operator
  std::uint64_t unrecorded = 0;  // rejected by today's pipeline and without a letter: no run has read it yet
  // The target, in rows.
  std::uint64_t rows = 0, equal = 0, missing = 0, different = 0, extra = 0;
  std::uint64_t held = 0;        // rows of an earlier version of a record that is filtered or rejected now
  std::uint64_t unreadable = 0;  // rows with a value that its field's type cannot hold
  std::uint64_t moved = 0;       // looked different, and were equal when they were read again
  bool reads_again = true;       // false: the source cannot fetch by key, so nothing was read again

  // In minor units, by currency: what the source says should be there, the sum of the rows that were read, and the
  // database's own sum; nothing where the sink cannot sum.
  struct Witnesses {
    int128 source = 0, rows = 0;
    std::optional<int128> database;
  };
  std::map<std::string, Witnesses> money;

  struct Example {
    std::string kind;  // missing, different, extra
    std::string key, source_key;
    std::vector<std::string> fields;  // that differ
  };
  std::vector<Example> examples;
  std::optional<DeliveryReport> repaired;

  bool is_equal() const { return fault.ok() && missing + different + extra + unrecorded + unreadable == 0; }
};

// Reads both sides completely; holds no lane and writes nothing to the target or the store unless asked to repair.
// Memory is bounded at any size: the comparison goes through a temporary file in the state folder. A record that seems
// missing or different is read again before it counts, since both sides may change while they are read. Never throws.
VerifyReport verify(const config::PipelineFile& file, plugins::Registry& registry, telemetry::HostServices& services,
                    const std::filesystem::path& state_folder, const VerifyOptions& options);

}  // namespace sentinel::engine
