// Status and Result, and their way over the boundary and back.
#include <sentinel/boundary.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

namespace sentinel {
namespace {

TEST(Status, CarriesItsFactsOverTheBoundary) {
  const auto sent = Status(Code::kThrottled, "slow down")
                        .native("http", "429")
                        .at_option("rules.email")
                        .retry_after(std::chrono::seconds(7));
  const auto error = to_error(sent);
  const auto back = from_error(error.code, error);
  EXPECT_EQ(back.code(), Code::kThrottled);
  EXPECT_EQ(back.message(), "slow down");
  EXPECT_EQ(back.domain(), "http");
  EXPECT_EQ(back.native_code(), "429");
  EXPECT_EQ(back.option_path(), "rules.email");
  EXPECT_EQ(back.retry_after(), std::chrono::milliseconds(7000));
}

TEST(Status, EveryCodeHasItsNameAndComesBack) {
  for (int code = SENTINEL_INVALID_DATA; code <= SENTINEL_INTERNAL; ++code) {
    const auto back = from_error(code, empty_error());
    EXPECT_EQ(static_cast<int>(back.code()), code);
    EXPECT_EQ(back.message(), "failed without saying why");
    EXPECT_NE(to_string(back.code()), "ok");
    EXPECT_EQ(to_string(back.code()) == "internal", code == SENTINEL_INTERNAL);
  }
  EXPECT_TRUE(from_error(SENTINEL_OK, empty_error()).ok());
}

TEST(Status, UnknownCodesAreTheOtherSidesBug) {
  for (const int code : {-1, 15, 4711}) {
    const auto status = from_error(code, to_error(invalid_data("oops")));
    EXPECT_EQ(status.code(), Code::kInternal);
    EXPECT_EQ(status.message(), "answered the unknown code " + std::to_string(code) + ": oops");
  }
}

TEST(Status, LongMessagesAreCutBetweenLetters) {
  for (std::size_t before = 1019; before <= 1024; ++before) {
    const auto error = to_error(invalid_data(std::string(before, 'x') + "₦₦"));
    const std::string text = error.message;
    ASSERT_LT(text.size(), sizeof error.message);
    const auto tail = text.substr(std::min(before, text.size()));
    EXPECT_TRUE(tail.empty() || tail == "₦") << before;
  }
}

TEST(Status, SmallErrorStructsAreLeftAlone) {
  sentinel_error error{};
  error.struct_size = 8;
  fill_error(&error, invalid_data("lost"));
  EXPECT_EQ(error.code, 0);
  fill_error(nullptr, invalid_data("lost"));
}

TEST(Status, FenceKeepsTheWordsOfWhatWasThrown) {
  auto error = empty_error();
  EXPECT_EQ(fenced(&error, []() -> Status { throw std::runtime_error("melted"); }), SENTINEL_INTERNAL);
  EXPECT_STREQ(error.message, "threw: melted");
  EXPECT_EQ(fenced(&error, []() -> Status { throw 5; }), SENTINEL_INTERNAL);
  EXPECT_STREQ(error.message, "threw something that is no std::exception");
  EXPECT_EQ(fenced(&error, []() -> Status { return {Code::kFenced, "another run"}; }), SENTINEL_FENCED);
  EXPECT_EQ(fenced(&error, []() -> Status { return {}; }), SENTINEL_OK);
}

Result<int> half(int n) {
  if (n % 2 != 0) return invalid_data(std::to_string(n) + " is odd");
  return n / 2;
}
Result<int> quarter(int n) {
  SENTINEL_ASSIGN(const auto first, half(n));
  SENTINEL_ASSIGN(const auto second, half(first));
  return second;
}

TEST(Status, ResultsPassErrorsUp) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(6).error().message(), "3 is odd");
  EXPECT_EQ(quarter(7).value_or(-1), -1);
  const auto status = Status(invalid_data("x"));
  const Status copy = status;
  EXPECT_EQ(Status(copy).prefixed("row 3: ").message(), "row 3: x");
  EXPECT_EQ(copy.message(), "x");
  EXPECT_TRUE(is_row_fault(Code::kConflict) && !is_row_fault(Code::kUnavailable));
  EXPECT_TRUE(is_retryable(Code::kThrottled) && !is_retryable(Code::kRefused));
}

}  // namespace
}  // namespace sentinel
