// What a transform returns that passes some rows of a batch unchanged.
#pragma once

#include <sentinel/transform.hpp>

#include <iterator>
#include <utility>
#include <vector>

namespace sentinel::support {

// The rows `passing` of `in`, ascending; `in` itself, moved, where that is all of them. REQUIRES: `rows` is a view of
// `in`, so `in` is a reference: a move before the copy would leave the view without its batch.
inline Applied pass_rows(Batch& in, const BatchView& rows, std::vector<std::int64_t> passing) {
  Applied applied;
  if (std::ssize(passing) == rows.rows()) {
    applied.batch = std::move(in);
    return applied;
  }
  applied.batch = select_rows(rows, passing);
  applied.origin = std::move(passing);
  return applied;
}

}  // namespace sentinel::support
