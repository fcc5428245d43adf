// Small real stages for the tests of the pipeline: a source over an array of records, three transforms, a write-only
// sink.
#pragma once

#include <sentinel/plugin.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

extern "C" const sentinel_plugin* sentinel_test_stages(std::uint32_t) SENTINEL_NOEXCEPT;

namespace sentinel::engine::test {

struct Record {
  std::string ref;
  std::optional<std::int64_t> amount = 100;
  std::optional<std::string> currency = "NGN";
  std::int64_t revision = 1;
  bool is_left_out = false;             // filtered by the source
  bool is_unreadable = false;           // never becomes a row
  Departure leaves = Departure::kKeep;  // of one that is left out
  bool is_passed_over = false;          // listed and fetched, but no read gives it
};

// What the source `records` reads and the sink `pile` fills. Lives as long as the process.
struct Shelf {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Record> records;
  std::int64_t page_rows = 1000000;
  bool is_read_once = false;  // as the source's schema says
  bool marks = false, removes = false;
  std::int64_t grows_at = -1;        // from this record on there is a field `note`
  std::deque<Status> read_faults;    // answered by the next reads
  std::deque<Status> write_faults;   // answered by the next writes
  std::deque<std::int64_t> stops;    // the sink `pile` accepts so many rows of its next writes, then is stopped
  bool blocks = false;               // a read waits until it is cancelled
  std::function<void()> after_read;  // called when a read has made its page; may change the records
  int reads = 0, cancels = 0;
  std::vector<std::string> pile;     // "ref=amount" of every row written
  std::deque<Status> finish_faults;  // answered by the next finishes of the sink `book`
  std::vector<std::string> ends;     // "state: rows" of every run that the sink `book` was told to have ended

  int count_reads() {
    const std::lock_guard lock(mutex);
    return reads;
  }
};

Shelf& shelf(const std::string& name);

}  // namespace sentinel::engine::test
