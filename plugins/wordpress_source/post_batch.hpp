// Adds posts to a batch: rows, rows filtered out by status, and rejects.
#pragma once

#include "support/cell.hpp"
#include "wordpress_source/posts.hpp"

#include <sentinel/source.hpp>

#include <optional>
#include <string>
#include <vector>

namespace sentinel::wordpress_source {

class PostBatch {
 public:
  PostBatch(const Schema& schema, const Options& options, Rejects& rejects);

  void take(const Post& post);
  std::int64_t bytes() const { return batch_.bytes() + rejected_bytes_; }
  Batch finish() { return batch_.finish(); }

 private:
  std::string reason_to_depart(const Post& post) const;
  Status parse(const Post& post, bool is_filtered);
  void reject(const Post& post, const Status& why);

  const Schema& schema_;
  const Options& options_;
  Rejects& rejects_;
  BatchBuilder batch_;
  std::vector<support::Cell> cells_;
  const std::vector<std::string> statuses_;
  std::optional<std::size_t> test_mode_;  // the field that says test, where such records are left out
  std::int64_t rejected_bytes_ = 0;
};

}  // namespace sentinel::wordpress_source
