#include "support/http/rate.hpp"

#include "support/tests/test_host.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sentinel::support::http {
namespace {

// The most requests in any 60 seconds.
std::ptrdiff_t most_in_a_minute(const std::vector<std::int64_t>& times) {
  std::ptrdiff_t most = 0;
  for (std::size_t from = 0, to = 0; to < times.size(); ++to) {
    while (times[to] - times[from] >= 60'000) ++from;
    most = std::max(most, static_cast<std::ptrdiff_t>(to - from + 1));
  }
  return most;
}

Answer with(std::map<std::string, std::string> headers) {
  Answer answer;
  answer.headers = std::move(headers);
  return answer;
}

TEST(HttpRateLimit, IsKeptInEveryMinuteAndUsedInFull) {
  TestHost clock;
  RateLimit limit(60, clock.host);
  std::vector<std::int64_t> times;
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(limit.wait().ok());
    times.push_back(clock.now_ms);
    clock.now_ms += i % 7 * 100;
  }
  EXPECT_EQ(most_in_a_minute(times), 60);
  EXPECT_LT(times.back() - times.front(), 5 * 61'500);
}

TEST(HttpRateLimit, LearnsASmallerLimitFromTheService) {
  TestHost clock;
  RateLimit limit(120, clock.host);
  limit.learn(with({{"x-ratelimit-limit", "10"}, {"x-ratelimit-remaining", "9"}}));
  std::vector<std::int64_t> times;
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(limit.wait().ok());
    times.push_back(clock.now_ms);
  }
  EXPECT_EQ(most_in_a_minute(times), 10);
}

TEST(HttpRateLimit, ASpentBudgetHoldsTheNextRequestBack) {
  TestHost clock;
  RateLimit limit(60, clock.host);
  ASSERT_TRUE(limit.wait().ok());
  const auto before = clock.now_ms;
  limit.learn(with({{"x-ratelimit-remaining", "0"}, {"retry-after", "17"}}));
  ASSERT_TRUE(limit.wait().ok());
  EXPECT_EQ(clock.now_ms, before + 17'000);
}

TEST(HttpRateLimit, AStopEndsTheWait) {
  TestHost clock;
  RateLimit limit(1, clock.host);
  ASSERT_TRUE(limit.wait().ok());
  clock.stop = true;
  EXPECT_EQ(limit.wait().code(), Code::kCancelled);
}

}  // namespace
}  // namespace sentinel::support::http
