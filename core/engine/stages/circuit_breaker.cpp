// Counts rejected records over a window of whole batches.
#include "engine/stages/circuit_breaker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <span>

namespace sentinel::stages {

namespace {

constexpr std::string_view kDomain = "circuit_breaker", kOpen = "open";
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

// "17 of 40 by validate: field \"email\" is no e-mail address"
std::string most_frequent_reason(std::span<const store::StoredLetter> letters) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& letter : letters) ++counts[letter.stage + ": " + letter.reason.message()];
  const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  return most == counts.end() ? "" : fmt::format("{} of {} by {}", most->second, letters.size(), most->first);
}

}  // namespace

Status check_circuit_breaker(const CircuitBreakerOptions& options) {
  if (options.max_failure_rate > 0 && options.max_failure_rate <= 1) return {};
  return invalid_config("must be above 0 and at most 100%; write 20% or 0.2 for one fifth")
      .at_option("max_failure_rate");
}

bool is_breaker_open(const Status& fault) { return fault.domain() == kDomain && fault.native_code() == kOpen; }

Result<std::optional<CircuitBreaker::Saved>> CircuitBreaker::saved(store::Store& store, const std::string& pipeline) {
  SENTINEL_ASSIGN(const auto state, store.state(pipeline, kState));
  const auto text = state.value_or("");
  if (text.empty()) return std::optional<Saved>();
  std::string_view rest = text;
  const auto opened = take_number<std::int64_t>(rest);
  return std::optional(Saved{opened, std::string(rest)});
}

Status CircuitBreaker::load() {
  SENTINEL_ASSIGN(const auto open, saved(store_, pipeline_));
  if (!open) return load_window();
  is_open_ = true;
  opened_unix_ms_ = open->opened_unix_ms;
  const bool changed = open->mapping_hash != mapping_hash_;
  may_probe_ = changed || services_.clock().now_unix_ms() >= opened_unix_ms_ + options_.cool_down.count();
  return {};
}

Status CircuitBreaker::admit() const { return is_open_ && !may_probe_ ? open_fault("") : Status(); }

Status CircuitBreaker::open_fault(const std::string& reason) const {
  return Status(
             Code::kCancelled,
             fmt::format("the circuit breaker is open since {}: more than {:g} % of the new records were rejected{}; "
                         "what landed before stays; correct the rule or the source and run again: a changed pipeline "
                         "file may try at once, this one after {}",
                         telemetry::utc_text(opened_unix_ms_), options_.max_failure_rate * 100,
                         reason.empty() ? "" : " (" + reason + ")", detail::duration_text(options_.cool_down.count())))
      .native(std::string(kDomain), std::string(kOpen));
}

// What other rules rejected says nothing about today's.
Status CircuitBreaker::load_window() {
  SENTINEL_ASSIGN(const auto kept, store_.state(pipeline_, kWindow));
  const auto text = kept.value_or("");
  if (text.empty()) return {};
  std::string_view rest = text;
  const auto records = take_number<std::uint64_t>(rest);
  const auto rejects = take_number<std::uint64_t>(rest);
  if (rest == mapping_hash_) recent_.emplace_back(records, rejects);
  return {};
}

Status CircuitBreaker::reset(store::Store& store, const std::string& pipeline) {
  SENTINEL_TRY(store.set_state(pipeline, kWindow, ""));
  return store.set_state(pipeline, kState, "");
}

bool CircuitBreaker::would_open(std::uint64_t new_records, std::uint64_t new_rejects) const {
  const auto span = std::max(window(), new_records);
  auto records = new_records, rejects = new_rejects;
  for (auto batch = recent_.rbegin(); batch != recent_.rend() && records < span; ++batch) {
    records += batch->first;
    rejects += batch->second;
  }
  if (records < window() && !probes()) return false;
  if (records == 0) return false;
  constexpr double kRounding = 1e-9;  // 0.29 * 100 is a little less than 29
  return static_cast<double>(rejects) > (options_.max_failure_rate + kRounding) * static_cast<double>(records);
}

Status CircuitBreaker::open() {
  is_open_ = true;
  may_probe_ = false;
  opened_unix_ms_ = services_.clock().now_unix_ms();
  SENTINEL_TRY(store_.set_state(pipeline_, kWindow, ""));
  return store_.set_state(pipeline_, kState, fmt::format("{} {}", opened_unix_ms_, mapping_hash_));
}

Status CircuitBreaker::before_commit(const CommittingBatch& batch) {
  if (!would_open(batch.new_records, batch.new_rejects)) return {};
  SENTINEL_TRY(open());
  return open_fault(most_frequent_reason(batch.letters));
}

Status CircuitBreaker::after_commit(const CommittingBatch& batch) {
  if (batch.new_records > 0) recent_.emplace_back(batch.new_records, batch.new_rejects);
  std::uint64_t held = 0;
  for (const auto& batch : recent_) held += batch.first;
  while (recent_.size() > 1 && held - recent_.front().first >= window()) {
    held -= recent_.front().first;
    recent_.pop_front();
  }
  return batch.new_records == 0 ? Status() : close();
}

Status CircuitBreaker::run_ended() {
  SENTINEL_TRY(close());
  std::uint64_t records = 0, rejects = 0;
  for (const auto& batch : recent_) {
    records += batch.first;
    rejects += batch.second;
  }
  const bool is_evaluated = records == 0 || records >= window();
  const auto kept = is_evaluated ? std::string() : fmt::format("{} {} {}", records, rejects, mapping_hash_);
  SENTINEL_ASSIGN(const auto before, store_.state(pipeline_, kWindow));
  return before.value_or("") == kept ? Status() : store_.set_state(pipeline_, kWindow, kept);
}

Status CircuitBreaker::close() {
  if (!is_open_) return {};
  is_open_ = may_probe_ = false;
  return store_.set_state(pipeline_, kState, "");
}

}  // namespace sentinel::stages
