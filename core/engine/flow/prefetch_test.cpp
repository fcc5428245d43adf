// Reading ahead on a thread of its own: order, faults, and a prompt end.
#include "engine/flow/prefetch.hpp"
#include "engine/testing/pipeline_test_support.hpp"

namespace sentinel::engine::test {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong{20000};  // only a hanging test waits so long

class PrefetchTest : public PipelineTest {
 protected:
  void open(const Parts& parts = {}) {
    file_ = load(parts);
    auto chain = Chain::open(file_, registry_, services_);
    ASSERT_TRUE(chain) << chain.error().message();
    chain_ = std::move(*chain);
    ASSERT_TRUE(chain_->bind());
  }
  Prefetch prefetch(const std::string& cursor = "", std::int64_t max_rows = 10) {
    return Prefetch(*chain_, file_, services_, cursor, {max_rows, 1 << 20});
  }
  void wait_for_reads(int count) {
    std::unique_lock lock(shelf().mutex);
    shelf().changed.wait(lock, [&] { return shelf().reads >= count; });
  }

  config::PipelineFile file_;
  std::unique_ptr<Chain> chain_;
};

TEST_F(PrefetchTest, BatchesComeInOrderAndEndWithDone) {
  fill(numbered(95));
  open();
  auto batches = prefetch("5");
  std::int64_t at = 5;
  while (true) {
    const auto batch = batches.next(kLong);
    ASSERT_TRUE(batch.has_value());
    ASSERT_TRUE(*batch);
    at += (*batch)->source.rows();
    ASSERT_EQ((*batch)->next_cursor, std::to_string(at));
    if ((*batch)->done) break;
    ASSERT_EQ((*batch)->source.rows(), 10);
  }
  EXPECT_EQ(at, 95);
  EXPECT_FALSE(batches.next(milliseconds(0)).has_value()) << "behind the last comes nothing";
}

TEST_F(PrefetchTest, ReadsOnlyALittleAhead) {
  fill(numbered(1000));
  open();
  auto batches = prefetch();
  wait_for_reads(3);
  ASSERT_TRUE(batches.next(kLong).has_value());
  wait_for_reads(4);
  EXPECT_LE(shelf().count_reads(), 4) << "two wait, one is being handed over";
}

TEST_F(PrefetchTest, EndsPromptlyInTheMiddle) {
  fill(numbered(1000));
  open();
  {
    auto batches = prefetch();
    ASSERT_TRUE(batches.next(kLong).has_value());
    wait_for_reads(4);  // the thread holds the next one in its hand and reads no more
  }
  const auto reads = shelf().count_reads();
  EXPECT_LE(reads, 4);
  auto again = prefetch("500");
  const auto batch = again.next(kLong);
  ASSERT_TRUE(batch.has_value());
  ASSERT_TRUE(*batch) << "a cancel that came too late for one must not end the other: " << batch->error().message();
  EXPECT_EQ((*batch)->next_cursor, "510");
}

TEST_F(PrefetchTest, ARunningReadIsCancelled) {
  fill(numbered(10));
  shelf().blocks = true;
  open();
  {
    auto batches = prefetch();
    wait_for_reads(1);
    EXPECT_FALSE(batches.next(milliseconds(0)).has_value());
  }
  EXPECT_EQ(shelf().cancels, 1);
}

TEST_F(PrefetchTest, AFaultComesLast) {
  fill(numbered(1000));
  open();
  auto batches = prefetch();
  wait_for_reads(1);
  {
    const std::lock_guard lock(shelf().mutex);
    shelf().read_faults.emplace_back(Code::kRefused, "no longer allowed");
  }
  std::int64_t rows = 0;
  while (true) {
    const auto batch = batches.next(kLong);
    ASSERT_TRUE(batch.has_value());
    if (!*batch) {
      EXPECT_EQ(batch->error().code(), Code::kRefused);
      break;
    }
    ASSERT_FALSE((*batch)->done) << "the fault was lost";
    rows += (*batch)->source.rows();
  }
  EXPECT_EQ(rows % 10, 0);
  EXPECT_FALSE(batches.next(milliseconds(0)).has_value());
}

TEST_F(PrefetchTest, NoCancelFollowsTheLastBatch) {
  fill(numbered(3));
  open();
  for (int i = 0; i < 500; ++i) {
    auto batches = prefetch();
    ASSERT_TRUE(batches.next(kLong).has_value());
  }
  EXPECT_EQ(shelf().cancels, 0);
}

TEST_F(PrefetchTest, ASchemaThatChangedEndsReadingWhereItChanged) {
  fill(numbered(25));
  shelf().grows_at = 15;
  open();
  auto batches = prefetch();
  std::string cursor;
  while (true) {
    const auto batch = batches.next(kLong);
    ASSERT_TRUE(batch.has_value());
    if (!*batch) {
      EXPECT_EQ(batch->error().code(), Code::kSchemaChanged);
      break;
    }
    cursor = (*batch)->next_cursor;
  }
  EXPECT_EQ(cursor, "15");
}

TEST_F(PrefetchTest, AnOutageIsWaitedOutAndReadingGoesOn) {
  fill(numbered(5));
  for (int i = 0; i < 3; ++i) shelf().read_faults.emplace_back(Code::kUnavailable, "gone");
  open();
  auto batches = prefetch();
  const auto batch = batches.next(kLong);
  ASSERT_TRUE(batch.has_value());
  ASSERT_TRUE(*batch) << batch->error().message();
  EXPECT_EQ((*batch)->source.rows(), 5);
  EXPECT_EQ(clock_.waits, (std::vector<std::int64_t>{10, 20, 40}));
}

TEST_F(PrefetchTest, AnOutageBeyondPatienceIsTheFault) {
  fill(numbered(5));
  for (int i = 0; i < 10; ++i) shelf().read_faults.emplace_back(Code::kThrottled, "slow down");
  open({.more = "outage: { wait: 100ms }\n"});
  auto batches = prefetch();
  const auto batch = batches.next(kLong);
  ASSERT_TRUE(batch.has_value());
  ASSERT_FALSE(*batch);
  EXPECT_EQ(batch->error().code(), Code::kThrottled);
  EXPECT_NE(batch->error().message().find("gave up after 100ms"), std::string::npos) << batch->error().message();
}

}  // namespace
}  // namespace sentinel::engine::test
