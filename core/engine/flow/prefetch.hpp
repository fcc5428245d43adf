// Reads and transforms on a thread of its own, a few batches ahead of the sink, so that source and target work at the
// same time.
#pragma once

#include "engine/flow/chain.hpp"
#include "engine/stages/outage.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace sentinel::engine {

struct PageLimits {
  std::int64_t max_rows = 5000;
  std::int64_t max_bytes = 4 << 20;
  std::int64_t max_total = std::numeric_limits<std::int64_t>::max();  // over all pages; reading ends there
};

class Prefetch {
 public:
  // Starts at once, after `cursor`. REQUIRES: nobody else uses `chain` until this object is destroyed.
  Prefetch(Chain& chain, const config::PipelineFile& file, telemetry::HostServices& services, std::string cursor,
           PageLimits limits);
  ~Prefetch();  // stops and joins; batches not taken are dropped

  // The next batch in order, or the fault that ended reading; nothing if neither came within `patience`. Nothing
  // follows a batch that is `done` or reaches max_total, or a fault.
  std::optional<Result<PreparedBatch>> next(std::chrono::milliseconds patience);

 private:
  void read_all(std::string cursor, PageLimits limits);
  bool push(Result<PreparedBatch> item, bool is_last);  // false: the consumer was destroyed

  static constexpr std::size_t kAhead = 2;
  Chain& chain_;
  telemetry::StopSignal stop_;
  stages::Outage outage_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Result<PreparedBatch>> ready_;
  bool closed_ = false;
  // The last item is there. Whoever takes it may use the chain at once: no cancel follows, which would end that use.
  bool finished_ = false;
  std::thread thread_;
};

}  // namespace sentinel::engine
