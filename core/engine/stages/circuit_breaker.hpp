// The built-in stage `circuit_breaker`: stops a run when too many new records are rejected, because then the rule is
// wrong and not the records.
#pragma once

#include "engine/stages/stage.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/host_services.hpp"

#include <sentinel/component.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace sentinel::stages {

struct CircuitBreakerOptions {
  double max_failure_rate = 0.2;
  std::int64_t window = 100;
  std::chrono::milliseconds cool_down{5 * 60 * 1000};
};
inline constexpr auto kCircuitBreakerOptions =
    options<CircuitBreakerOptions>(option("max_failure_rate", &CircuitBreakerOptions::max_failure_rate,
                                          "The share of new dead letters above which the run stops with exit 4."),
                                   option("window", &CircuitBreakerOptions::window,
                                          "Over how many of the last new records the share is evaluated, at least.")
                                       .min(1)
                                       .max(1000000),
                                   option("cool_down", &CircuitBreakerOptions::cool_down,
                                          "How long an open breaker refuses to run before one batch may probe.")
                                       .min(0)
                                       .max(7 * 24 * 3600000LL));

// Errors: kInvalidConfig at an option, as "must be RULE; CURE": who reads the file adds place and value.
Status check_circuit_breaker(const CircuitBreakerOptions& options);

// True where a delivery or a run ended because the breaker is open. The program's exit code is 4.
bool is_breaker_open(const Status& fault);

// Evaluated once per batch, before its commit: more than max_failure_rate rejected among the last max(window, batch)
// new records opens it, in whatever order they came. Known letters, unchanged and filtered records do not count; an
// outage never does. Runs that meet fewer new records than the window add up until they fill one.
class CircuitBreaker final : public AtCommit {
 public:
  CircuitBreaker(const CircuitBreakerOptions& options, store::Store& store, telemetry::HostServices& services,
                 std::string pipeline, std::string mapping_hash)
      : options_(options),
        store_(store),
        services_(services),
        pipeline_(std::move(pipeline)),
        mapping_hash_(std::move(mapping_hash)) {}

  // Reads the state that an earlier run saved.
  Status load();
  // Not ok while it is open, has not cooled down, and the pipeline has not changed since: the fault with which the run
  // ends before it reads anything.
  Status admit() const;
  // Open, but one small batch may be delivered as a probe.
  bool probes() const { return is_open_ && may_probe_; }

  // True if a batch of these new records, not yet counted, would open it.
  bool would_open(std::uint64_t new_records, std::uint64_t new_rejects) const;
  Status open();

  // Opens, with the most frequent reason among the batch's letters, where the batch takes the share over its limit.
  Status before_commit(const CommittingBatch& batch) override;
  // Counts the batch; a breaker that was probing closes.
  Status after_commit(const CommittingBatch& batch) override;
  Status after_rollback(const CommittingBatch&) override { return {}; }

  // The run ends: a breaker that was probing and met nothing new closes, and a window that is not full yet waits for
  // the next run.
  Status run_ended();
  // By a person: closed, with nothing counted.
  static Status reset(store::Store& store, const std::string& pipeline);

  // What the store holds of a breaker that is open.
  struct Saved {
    std::int64_t opened_unix_ms = 0;
    std::string mapping_hash;
  };
  static Result<std::optional<Saved>> saved(store::Store& store, const std::string& pipeline);

 private:
  Status close();
  Status load_window();
  Status open_fault(const std::string& reason) const;
  std::uint64_t window() const { return static_cast<std::uint64_t>(options_.window); }

  const CircuitBreakerOptions options_;
  store::Store& store_;
  telemetry::HostServices& services_;
  std::string pipeline_, mapping_hash_;
  bool is_open_ = false, may_probe_ = false;
  std::int64_t opened_unix_ms_ = 0;
  std::deque<std::pair<std::uint64_t, std::uint64_t>>
      recent_;  // (new records, new rejects) of committed batches, oldest first
};

}  // namespace sentinel::stages
