// Posts into a batch: see the header.
#include "wordpress_source/post_batch.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::wordpress_source {
namespace {

constexpr std::size_t kStatus = 1;  // its place in the schema

}  // namespace

PostBatch::PostBatch(const Schema& schema, const Options& options, Rejects& rejects)
    : schema_(schema), options_(options), rejects_(rejects), batch_(schema), cells_(schema.size()) {}

bool PostBatch::passes(const Post& post) const {
  return std::ranges::find(options_.statuses, post.values[kStatus].value_or("")) != options_.statuses.end();
}

void PostBatch::take(const Post& post) {
  const bool is_filtered = !passes(post);
  if (const auto parsed = parse(post, is_filtered); !parsed.ok()) return reject(post, parsed);
  const auto row = batch_.rows();
  for (std::size_t i = 0; i < cells_.size(); ++i) support::append_cell(batch_.column(i), cells_[i]);
  if (is_filtered)
    rejects_.leave(row, options_.on_leave,
                   fmt::format("status is {}", cells_[kStatus].is_null ? "missing" : cells_[kStatus].text));
}

// A post that is left out anyway is no dead letter for what is wrong in it: its bad values become null.
Status PostBatch::parse(const Post& post, bool is_filtered) {
  std::size_t size = 0;
  for (const auto& value : post.values) size += value ? value->size() : 0;
  if (size > support::kMaxRecordBytes)
    return invalid_data(fmt::format("the post has {} bytes; at most {} are carried", size, support::kMaxRecordBytes));
  if (!post.repeated.empty() && !is_filtered)
    return invalid_data(fmt::format(
        "meta \"{}\" occurs more than once with different values; set repeated_meta to choose one", post.repeated));
  if (!post.fault.empty() && !is_filtered) return invalid_data(post.fault).native("wordpress", "unreadable_meta");
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    auto cell = support::parse_cell(schema_[i], post.values[i]);
    if (cell)
      cells_[i] = *cell;
    else if (is_filtered && schema_[i].is_nullable)
      cells_[i] = {};
    else
      return std::move(cell).error();
  }
  return {};
}

void PostBatch::reject(const Post& post, const Status& why) {
  const auto id = post.values[0].value_or("");
  std::vector<std::optional<std::string_view>> values(post.values.begin(), post.values.end());
  const auto raw = support::raw_record(schema_, values);
  rejected_bytes_ += static_cast<std::int64_t>(raw.size());
  rejects_.reject(id, "post " + id, raw, why);
}

}  // namespace sentinel::wordpress_source
