// Reads and transforms on its own thread until the source ends, fails or is stopped.
#include "engine/flow/prefetch.hpp"

#include <algorithm>

namespace sentinel::engine {

Prefetch::Prefetch(Chain& chain, const config::PipelineFile& file, telemetry::HostServices& services,
                   std::string cursor, PageLimits limits)
    : chain_(chain), outage_(file.outage.wait, file.retry, services, stop_) {
  thread_ = std::thread([this, cursor = std::move(cursor), limits] { read_all(cursor, limits); });
}

Prefetch::~Prefetch() {
  bool reading = false;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    reading = !finished_;
  }
  stop_.request(0);
  changed_.notify_all();
  if (reading) chain_.cancel();
  thread_.join();
}

void Prefetch::read_all(std::string cursor, PageLimits limits) {
  for (bool is_first = true;; is_first = false) {
    const auto rows = std::min(limits.max_rows, limits.max_total);
    auto batch = chain_.next(cursor, rows, limits.max_bytes);
    // A cancel that came too late for the read it was meant for would end the next one: it belongs to the reader
    // before.
    const bool is_stale = is_first && !batch && batch.error().code() == Code::kCancelled && !stop_.requested();
    if (is_stale) batch = chain_.next(cursor, rows, limits.max_bytes);
    if (!batch && is_retryable(batch.error().code())) {
      auto again = outage_.wait(batch.error());
      if (again.ok()) continue;
      push(std::move(again), true);
      return;
    }
    if (batch) {
      outage_.over();
      cursor = batch->next_cursor;
      limits.max_total -= static_cast<std::int64_t>(batch->records());
    }
    const bool last = !batch || batch->done || limits.max_total <= 0;
    if (!push(std::move(batch), last) || last) return;
  }
}

bool Prefetch::push(Result<PreparedBatch> item, bool is_last) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return closed_ || ready_.size() < kAhead; });
  if (closed_) return false;
  ready_.push_back(std::move(item));
  finished_ = is_last;
  lock.unlock();
  changed_.notify_all();
  return true;
}

std::optional<Result<PreparedBatch>> Prefetch::next(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, patience, [this] { return !ready_.empty(); })) return std::nullopt;
  auto item = std::move(ready_.front());
  ready_.pop_front();
  lock.unlock();
  changed_.notify_all();
  return item;
}

}  // namespace sentinel::engine
