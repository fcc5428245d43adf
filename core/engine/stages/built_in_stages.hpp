// The list of built-in stages, in their order. A run, its sweep, a replay and a repair all deliver through it.
//
//   around each delivery    retry, then outage
//   at its commit           circuit_breaker, then dead_letter; after the commit in reverse
//
// A new stage is a pair of files, and its lines here.
#pragma once

#include "engine/stages/circuit_breaker.hpp"
#include "engine/stages/dead_letter.hpp"
#include "engine/stages/outage.hpp"
#include "engine/stages/retry.hpp"
#include "engine/stages/stage.hpp"

#include <array>
#include <chrono>
#include <string>
#include <tuple>
#include <type_traits>

namespace sentinel::stages {

// What a pipeline file says about them.
struct BuiltInOptions {
  RetryOptions retry;
  OutageOptions outage;
  CircuitBreakerOptions circuit_breaker;
  DeadLetterOptions dead_letter;
};

// The key of a stage in the pipeline file: its options, where they go, and what must hold between them.
template <class Options, class Table>
struct BuiltInKey {
  const char* name;
  const char* doc;
  const Table& table;
  Options BuiltInOptions::*member;
  Status (*check)(const Options&) = nullptr;
};
template <class Options, class Table>
constexpr BuiltInKey<Options, Table> built_in_key(const char* name, const char* doc, const Table& table,
                                                  Options BuiltInOptions::*member,
                                                  std::type_identity_t<Status (*)(const Options&)> check = nullptr) {
  return {name, doc, table, member, check};
}
inline constexpr auto kBuiltInKeys = std::tuple{
    built_in_key("retry", "Writes a batch again when the target asks for another attempt, with growing waits.",
                 kRetryOptions, &BuiltInOptions::retry, check_retry),
    built_in_key("outage", "Waits for a service that is unavailable; an outage never makes a dead letter.",
                 kOutageOptions, &BuiltInOptions::outage),
    built_in_key("circuit_breaker", "Stops a run when too large a share of its new records is rejected.",
                 kCircuitBreakerOptions, &BuiltInOptions::circuit_breaker, check_circuit_breaker),
    built_in_key("dead_letter", "Keeps every rejected record with its reason until it is recovered or discarded.",
                 kDeadLetterOptions, &BuiltInOptions::dead_letter)};

// Decides whether a failed call is repeated, and waits before that: the stages around a delivery. `services` is
// borrowed.
class Attempts {
 public:
  Attempts(const BuiltInOptions& options, telemetry::HostServices& services)
      : Attempts(options, services, options.outage.wait) {}
  Attempts(const BuiltInOptions& options, telemetry::HostServices& services, std::chrono::milliseconds patience)
      : retry_(options.retry, services), outage_(patience, options.retry, services, services.stop()) {}

  // Ok: try again. Else the fault with which to end.
  Status after_failure(const Status& fault) {
    for (auto* stage : stages())
      if (auto answer = stage->after_failure(fault)) return std::move(*answer);
    return fault;
  }
  // A call went through: the next failure is the first again.
  void after_success() {
    for (auto* stage : stages()) stage->after_success();
  }

 private:
  std::array<AroundDelivery*, 2> stages() { return {&retry_, &outage_}; }
  Retry retry_;
  Outage outage_;
};

// The stages at the commit of a batch. `store` and `services` are borrowed.
class CommitStages {
 public:
  CommitStages(const BuiltInOptions& options, store::Store& store, telemetry::HostServices& services,
               const std::string& pipeline, const std::string& mapping_hash)
      : circuit_breaker(options.circuit_breaker, store, services, pipeline, mapping_hash),
        dead_letter(options.dead_letter, store, pipeline) {}

  CircuitBreaker circuit_breaker;
  DeadLetter dead_letter;

  Status before_commit(const CommittingBatch& batch) {
    for (auto* stage : stages()) SENTINEL_TRY(stage->before_commit(batch));
    return {};
  }
  Status after_commit(const CommittingBatch& batch) {
    const auto list = stages();
    for (auto stage = list.rbegin(); stage != list.rend(); ++stage) SENTINEL_TRY((*stage)->after_commit(batch));
    return {};
  }
  Status after_rollback(const CommittingBatch& batch) {
    const auto list = stages();
    for (auto stage = list.rbegin(); stage != list.rend(); ++stage) SENTINEL_TRY((*stage)->after_rollback(batch));
    return {};
  }

 private:
  std::array<AtCommit*, 2> stages() { return {&circuit_breaker, &dead_letter}; }
};

}  // namespace sentinel::stages
