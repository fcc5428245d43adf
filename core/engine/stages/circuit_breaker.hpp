// The circuit breaker: stops a run when too many new records are refused, because then the rule is wrong and not the
// records.
#pragma once

#include "engine/stages/policies.hpp"
#include "engine/store/store.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace sentinel::engine {

// Judged once per batch, before its commit: more than max_failure_rate refused among the last max(window, batch) new
// records opens it, in whatever order they came. Known letters, unchanged and filtered records do not count; an outage
// never does. Runs that meet fewer new records than the window add up until they fill one.
class Breaker {
 public:
  Breaker(const stages::CircuitBreaker& policy, store::Store& store, std::string pipeline, std::string mapping_hash)
      : policy_(policy), store_(store), pipeline_(std::move(pipeline)), mapping_hash_(std::move(mapping_hash)) {}

  // Reads the state that an earlier run left.
  Status load(std::int64_t now_unix_ms);
  // Open, and neither cooled down nor meant for a pipeline that has changed since.
  bool refuses() const { return is_open_ && !may_probe_; }
  // Open, but one small batch may try.
  bool probes() const { return is_open_ && may_probe_; }
  std::int64_t opened_unix_ms() const { return opened_unix_ms_; }

  // True if these new records (not yet counted) would open it.
  bool would_open(std::uint64_t new_records, std::uint64_t new_rejects) const;
  Status open(std::int64_t now_unix_ms);
  // Counts a committed batch; closes a breaker that was probing.
  Status passed(std::uint64_t new_records, std::uint64_t new_rejects);
  // The run comes to its end: a breaker that was probing and met nothing new closes, and a window that is not full yet
  // waits for the next run.
  Status ended();
  // By a person: closed, with nothing counted.
  static Status reset(store::Store& store, const std::string& pipeline);

  // What the store holds of a breaker that is open.
  struct Saved {
    std::int64_t opened_unix_ms = 0;
    std::string mapping_hash;
  };
  static Result<std::optional<Saved>> saved(store::Store& store, const std::string& pipeline);

 private:
  Status load_window();
  Status close();
  std::uint64_t window() const { return static_cast<std::uint64_t>(policy_.window); }

  const stages::CircuitBreaker policy_;
  store::Store& store_;
  std::string pipeline_, mapping_hash_;
  bool is_open_ = false, may_probe_ = false;
  std::int64_t opened_unix_ms_ = 0;
  std::deque<std::pair<std::uint64_t, std::uint64_t>>
      recent_;  // (new records, new rejects) of committed batches, oldest first
};

}  // namespace sentinel::engine
