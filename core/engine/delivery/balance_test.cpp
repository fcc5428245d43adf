// Sums, the check in both directions, and amounts as people read them.
#include "engine/delivery/balance.hpp"
#include "engine/fault_codes.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace sentinel::engine {
namespace {

constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

TEST(Balance, SumsGoBeyond64Bits) {
  Balance balance;
  for (int i = 0; i < 3; ++i) {
    balance.add_money(BalanceLine::kRead, "NGN", kMost);
    balance.add_money(BalanceLine::kInserted, "NGN", kMost);
  }
  EXPECT_EQ(balance.money_lines().at(0).minor[0], "27670116110564327421");
  EXPECT_TRUE(balance.check().ok());
}

TEST(Balance, AddsLineByLineAndCurrencyByCurrency) {
  Balance a, b;
  for (auto* each : {&a, &b}) {
    each->add_record(BalanceLine::kRead);
    each->add_record(BalanceLine::kUpdated);
    each->add_money(BalanceLine::kRead, "NGN", 7);
    each->add_money(BalanceLine::kUpdated, "NGN", 7);
  }
  b.add_money(BalanceLine::kRead, "USD", -3);
  b.add_money(BalanceLine::kFiltered, "USD", -3);
  b.add_amount_unknown();
  a.add(b);
  EXPECT_EQ(a.records(BalanceLine::kRead), 2u);
  EXPECT_EQ(a.landed(), 2u);
  EXPECT_EQ(a.amount_unknown(), 1u);
  const auto lines = a.money_lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].currency, "NGN");
  EXPECT_EQ(lines[0].minor[static_cast<std::size_t>(BalanceLine::kUpdated)], "14");
  EXPECT_EQ(lines[1].minor[static_cast<std::size_t>(BalanceLine::kFiltered)], "-3");
  EXPECT_TRUE(a.check().ok());
}

TEST(Balance, EveryLineCountsOnceInTheCheck) {
  for (std::size_t line = 1; line < kBalanceLines; ++line) {
    Balance balance;
    balance.add_record(static_cast<BalanceLine>(line));
    EXPECT_EQ(balance.check().code(), Code::kInternal) << "one too many in " << kBalanceLineNames[line].name;
    balance.add_record(BalanceLine::kRead);
    EXPECT_TRUE(balance.check().ok()) << kBalanceLineNames[line].name;
    balance.add_record(BalanceLine::kRead);
    const auto status = balance.check();
    EXPECT_EQ(status.code(), Code::kInternal) << "one missing from " << kBalanceLineNames[line].name;
    EXPECT_NE(status.message().find("2 records read, 1 accounted for"), std::string::npos) << status.message();
  }
}

TEST(Balance, MoneyIsCheckedForEachCurrencyByItself) {
  Balance balance;
  balance.add_money(BalanceLine::kRead, "NGN", 5);
  balance.add_money(BalanceLine::kInserted, "USD", 5);
  const auto status = balance.check();
  EXPECT_EQ(status.code(), Code::kInternal);
  EXPECT_NE(status.message().find("NGN 5 in minor units read, 0 accounted for"), std::string::npos) << status.message();
}

TEST(Balance, AmountsAreGroupedByThousands) {
  EXPECT_EQ(amount_text(1249795250000, 2), "12,497,952,500.00");
  EXPECT_EQ(amount_text(99999, 2), "999.99");
  EXPECT_EQ(amount_text(100000, 2), "1,000.00");
  EXPECT_EQ(amount_text(5, 2), "0.05");
  EXPECT_EQ(amount_text(0, 2), "0.00");
  EXPECT_EQ(amount_text(-5, 2), "-0.05");
  EXPECT_EQ(amount_text(-99999, 2), "-999.99");
  EXPECT_EQ(amount_text(-100000, 2), "-1,000.00");
  EXPECT_EQ(amount_text(-12345678901, 2), "-123,456,789.01");
  EXPECT_EQ(amount_text(1234567, 0), "1,234,567");
  EXPECT_EQ(amount_text(12345678, 4), "1,234.5678");
  EXPECT_EQ(amount_text(static_cast<int128>(kMost) * 100, 2), "9,223,372,036,854,775,807.00");
}

TEST(Balance, CountsAreGroupedByThousands) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(500000), "500,000");
  EXPECT_EQ(count_text(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(ExitCode, OfSeveralFilesTheWorstCounts) {
  constexpr int kWorstFirst[] = {1, 2, 3, 4, 6, 5, 0};
  for (std::size_t i = 0; i < std::size(kWorstFirst); ++i)
    for (std::size_t j = i; j < std::size(kWorstFirst); ++j) {
      EXPECT_EQ(worse_exit_code(kWorstFirst[i], kWorstFirst[j]), kWorstFirst[i])
          << kWorstFirst[i] << " and " << kWorstFirst[j];
      EXPECT_EQ(worse_exit_code(kWorstFirst[j], kWorstFirst[i]), kWorstFirst[i])
          << kWorstFirst[j] << " and " << kWorstFirst[i];
    }
  for (const int code : kWorstFirst) {
    EXPECT_EQ(worse_exit_code(code, 130), 130);
    EXPECT_EQ(worse_exit_code(143, code), 143);
  }
}

TEST(ExitCode, FaultsComeToTheirCodes) {
  EXPECT_EQ(exit_code_of(Code::kOk), 0);
  EXPECT_EQ(exit_code_of(Code::kStorage), 1);
  EXPECT_EQ(exit_code_of(Code::kInternal), 1);
  EXPECT_EQ(exit_code_of(Code::kInvalidConfig), 2);
  EXPECT_EQ(exit_code_of(Code::kRefused), 3);
  EXPECT_EQ(exit_code_of(Code::kUnavailable), 3);
  EXPECT_EQ(exit_code_of(Code::kThrottled), 3);
  EXPECT_EQ(exit_code_of(Code::kUnknownOutcome), 3);
  EXPECT_EQ(exit_code_of(Code::kFenced), 6);
}

}  // namespace
}  // namespace sentinel::engine
