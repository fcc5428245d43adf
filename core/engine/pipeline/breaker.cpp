// Counting refusals over a window of whole batches.
#include "engine/pipeline/breaker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sentinel::pipeline {

Status Breaker::load(std::int64_t now_unix_ms) {
  SENTINEL_ASSIGN(const auto saved, store_.state(pipeline_, "breaker"));
  if (!saved || saved->empty()) return {};
  const auto space = saved->find(' ');
  std::from_chars(saved->data(), saved->data() + saved->size(), opened_unix_ms_);
  is_open_ = true;
  const bool changed = space == std::string::npos || saved->substr(space + 1) != mapping_hash_;
  may_probe_ = changed || now_unix_ms >= opened_unix_ms_ + policy_.cool_down.count();
  return {};
}

bool Breaker::would_open(std::uint64_t new_records, std::uint64_t new_rejects) const {
  const auto window = std::max(static_cast<std::uint64_t>(policy_.window), new_records);
  auto records = new_records, rejects = new_rejects;
  for (auto batch = recent_.rbegin(); batch != recent_.rend() && records < window; ++batch) {
    records += batch->first;
    rejects += batch->second;
  }
  if (records < static_cast<std::uint64_t>(policy_.window) && !probes()) return false;
  if (records == 0) return false;
  constexpr double kRounding = 1e-9;  // 0.29 * 100 is a little less than 29
  return static_cast<double>(rejects) > (policy_.max_failure_rate + kRounding) * static_cast<double>(records);
}

Status Breaker::open(std::int64_t now_unix_ms) {
  is_open_ = true;
  may_probe_ = false;
  opened_unix_ms_ = now_unix_ms;
  return store_.set_state(pipeline_, "breaker", fmt::format("{} {}", now_unix_ms, mapping_hash_));
}

Status Breaker::passed(std::uint64_t new_records, std::uint64_t new_rejects) {
  if (new_records > 0) recent_.emplace_back(new_records, new_rejects);
  std::uint64_t held = 0;
  for (const auto& batch : recent_) held += batch.first;
  while (recent_.size() > 1 && held - recent_.front().first >= static_cast<std::uint64_t>(policy_.window)) {
    held -= recent_.front().first;
    recent_.pop_front();
  }
  return new_records == 0 ? Status() : ended();
}

Status Breaker::ended() {
  if (!is_open_) return {};
  is_open_ = may_probe_ = false;
  return store_.set_state(pipeline_, "breaker", "");
}

}  // namespace sentinel::pipeline
