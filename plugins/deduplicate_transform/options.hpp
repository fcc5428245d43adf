// The options of the deduplicate transform.
#pragma once

#include <sentinel/option.hpp>

#include <string>
#include <vector>

namespace sentinel::deduplicate_transform {

enum class Keep { kFirst, kLast, kNewest };

struct Options {
  std::vector<std::string> by;
  Keep keep = Keep::kFirst;
  std::string newest_by;
};
inline constexpr auto kOptions = options<Options>(
    option("by", &Options::by,
           "Records of one batch with equal values in all of these fields are duplicates; name the key of the target. "
           "Across batches and runs the target decides: mode insert keeps the first, upsert the last, and upsert with "
           "version_by the newest. A record with a null in any of them passes.")
        .required(),
    option("keep", &Options::keep,
           "Which duplicate passes; the others count as filtered. newest: the one with the largest newest_by; of equal "
           "ones, the first.")
        .choices("first", "last", "newest"),
    option("newest_by", &Options::newest_by,
           "With keep: newest, the integer, decimal, date or timestamp that grows with each change; null is oldest."));

}  // namespace sentinel::deduplicate_transform
