// The keys, as data.
#include "engine/config/top_level_keys.hpp"

namespace sentinel::config {

std::span<const TopLevelKey> top_level_keys() {
  static constexpr TopLevelKey kKeys[] = {
      {"version", true, "The version of this format: 1."},
      {"pipeline", true,
       "The pipeline's name, by which ledger, checkpoint and dead letters know it: small letters, digits, `-` and `_`, "
       "64 at most."},
      {"source", true, "What is read: one stage."},
      {"transforms", false, "What is done to records on their way: a list of stages, in order."},
      {"sink", true, "Where records land: one stage."},
      {"money", false, "A policy, see below."},
      {"retry", false, "A policy, see below."},
      {"outage", false, "A policy, see below."},
      {"circuit_breaker", false, "A policy, see below."},
      {"dead_letter", false, "A policy, see below."},
      {"mirror", false, "A policy, see below."},
      {"on_finish", false, "A program and its words, run after each run with its report on standard input; a list."},
  };
  return kKeys;
}

}  // namespace sentinel::config
