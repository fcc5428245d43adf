// Counting refusals over a window of whole batches.
#include "engine/stages/circuit_breaker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sentinel::engine {

namespace {

constexpr std::string_view kState = "breaker";          // "<opened_unix_ms> <mapping hash>"
constexpr std::string_view kWindow = "breaker_window";  // "<new records> <new rejects> <mapping hash>"

// The number that `text` begins with; it and the space behind it are taken off.
template <class Number>
Number take_number(std::string_view& text) {
  Number number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return number;
}

}  // namespace

Result<std::optional<Breaker::Saved>> Breaker::saved(store::Store& store, const std::string& pipeline) {
  SENTINEL_ASSIGN(const auto state, store.state(pipeline, kState));
  const auto text = state.value_or("");
  if (text.empty()) return std::optional<Saved>();
  std::string_view rest = text;
  const auto opened = take_number<std::int64_t>(rest);
  return std::optional(Saved{opened, std::string(rest)});
}

Status Breaker::load(std::int64_t now_unix_ms) {
  SENTINEL_ASSIGN(const auto open, saved(store_, pipeline_));
  if (!open) return load_window();
  is_open_ = true;
  opened_unix_ms_ = open->opened_unix_ms;
  const bool changed = open->mapping_hash != mapping_hash_;
  may_probe_ = changed || now_unix_ms >= opened_unix_ms_ + policy_.cool_down.count();
  return {};
}

// What other rules refused says nothing about today's.
Status Breaker::load_window() {
  SENTINEL_ASSIGN(const auto kept, store_.state(pipeline_, kWindow));
  const auto text = kept.value_or("");
  if (text.empty()) return {};
  std::string_view rest = text;
  const auto records = take_number<std::uint64_t>(rest);
  const auto rejects = take_number<std::uint64_t>(rest);
  if (rest == mapping_hash_) recent_.emplace_back(records, rejects);
  return {};
}

Status Breaker::reset(store::Store& store, const std::string& pipeline) {
  SENTINEL_TRY(store.set_state(pipeline, kWindow, ""));
  return store.set_state(pipeline, kState, "");
}

bool Breaker::would_open(std::uint64_t new_records, std::uint64_t new_rejects) const {
  const auto span = std::max(window(), new_records);
  auto records = new_records, rejects = new_rejects;
  for (auto batch = recent_.rbegin(); batch != recent_.rend() && records < span; ++batch) {
    records += batch->first;
    rejects += batch->second;
  }
  if (records < window() && !probes()) return false;
  if (records == 0) return false;
  constexpr double kRounding = 1e-9;  // 0.29 * 100 is a little less than 29
  return static_cast<double>(rejects) > (policy_.max_failure_rate + kRounding) * static_cast<double>(records);
}

Status Breaker::open(std::int64_t now_unix_ms) {
  is_open_ = true;
  may_probe_ = false;
  opened_unix_ms_ = now_unix_ms;
  SENTINEL_TRY(store_.set_state(pipeline_, kWindow, ""));
  return store_.set_state(pipeline_, kState, fmt::format("{} {}", now_unix_ms, mapping_hash_));
}

Status Breaker::passed(std::uint64_t new_records, std::uint64_t new_rejects) {
  if (new_records > 0) recent_.emplace_back(new_records, new_rejects);
  std::uint64_t held = 0;
  for (const auto& batch : recent_) held += batch.first;
  while (recent_.size() > 1 && held - recent_.front().first >= window()) {
    held -= recent_.front().first;
    recent_.pop_front();
  }
  return new_records == 0 ? Status() : close();
}

Status Breaker::ended() {
  SENTINEL_TRY(close());
  std::uint64_t records = 0, rejects = 0;
  for (const auto& batch : recent_) {
    records += batch.first;
    rejects += batch.second;
  }
  const bool is_judged = records == 0 || records >= window();
  const auto kept = is_judged ? std::string() : fmt::format("{} {} {}", records, rejects, mapping_hash_);
  SENTINEL_ASSIGN(const auto before, store_.state(pipeline_, kWindow));
  return before.value_or("") == kept ? Status() : store_.set_state(pipeline_, kWindow, kept);
}

Status Breaker::close() {
  if (!is_open_) return {};
  is_open_ = may_probe_ = false;
  return store_.set_state(pipeline_, kState, "");
}

}  // namespace sentinel::engine
