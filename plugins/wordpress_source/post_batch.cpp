// Appends posts to a batch, and reports those that are filtered by status or rejected.
#include "wordpress_source/post_batch.hpp"

#include "wordpress_source/preset.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::wordpress_source {
namespace {

constexpr std::size_t kStatus = 1;  // its place in the schema

}  // namespace

PostBatch::PostBatch(const Schema& schema, const Options& options, Rejects& rejects)
    : schema_(schema),
      options_(options),
      rejects_(rejects),
      batch_(schema),
      cells_(schema.size()),
      statuses_(passing_statuses(options)) {
  for (std::size_t i = 0; options.preset == Preset::kGivewp && !options.include_test && i < schema.size(); ++i)
    if (schema[i].name == "mode") test_mode_ = i;
}

// Why the options leave the record out; empty: they do not.
std::string PostBatch::reason_to_depart(const Post& post) const {
  if (std::ranges::find(statuses_, post.values[kStatus].value_or("")) == statuses_.end())
    return fmt::format("status is {}", post.values[kStatus].value_or("missing"));
  return test_mode_ && post.values[*test_mode_] == "test" ? "made in test mode" : "";
}

void PostBatch::take(const Post& post) {
  const auto reason = reason_to_depart(post);
  const bool is_filtered = !reason.empty();
  if (const auto parsed = parse(post, is_filtered); !parsed.ok()) return reject(post, parsed);
  const auto row = batch_.rows();
  for (std::size_t i = 0; i < cells_.size(); ++i) support::append_cell(batch_.column(i), cells_[i]);
  if (is_filtered) rejects_.depart(row, options_.on_departure, reason);
}

// A post that is filtered out anyway does not become a dead letter for bad values: they become null.
Status PostBatch::parse(const Post& post, bool is_filtered) {
  std::size_t size = 0;
  for (const auto& value : post.values) size += value ? value->size() : 0;
  if (size > support::kMaxRecordBytes)
    return invalid_data(
        fmt::format("the {} has {} bytes; at most {} are accepted", noun_of(options_), size, support::kMaxRecordBytes));
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
  rejects_.reject(id, fmt::format("{} {}", noun_of(options_), id), raw, why);
}

}  // namespace sentinel::wordpress_source
