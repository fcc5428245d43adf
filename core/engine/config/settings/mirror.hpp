// The setting `mirror`: how often source and target are compared completely, and what happens to the rows of deleted
// records.
#pragma once

#include <sentinel/component.hpp>

#include <chrono>

namespace sentinel::config {

struct Mirror {
  Departure deletes = Departure::kKeep;
  double max_delete_ratio = 0.01;
  std::chrono::milliseconds every{24 * 3600 * 1000LL};
};
inline constexpr auto kMirrorOptions = options<Mirror>(
    option(
        "deletes", &Mirror::deletes,
        "What becomes of the row of a record that was deleted in the source: keep, mark (its column left_at takes the "
        "time) or delete.")
        .choices("keep", "mark", "delete"),
    option(
        "max_delete_ratio", &Mirror::max_delete_ratio,
        "If the records of more than this share of the target's rows are deleted, no row is touched and the run ends "
        "with exit 4; a single row is never too many."),
    option("every", &Mirror::every,
           "How often a run is followed by a sweep, which compares everything by key and content; 0s: after each run. "
           "`run --full` always sweeps.")
        .min(0)
        .max(365LL * 24 * 3600000));

// Errors: kInvalidConfig at an option.
Status check_mirror(const Mirror& mirror);

}  // namespace sentinel::config
