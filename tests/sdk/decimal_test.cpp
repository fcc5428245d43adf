// Exact decimals: every digit survives text, rescaling and the limits of 38 digits.
#include <sentinel/decimal.hpp>

#include <gtest/gtest.h>

#include <random>

namespace sentinel {
namespace {

TEST(Decimal, ReadsAndPrints) {
  for (const auto* text : {"0", "7", "-7", "12.50", "-0.05", "0.00", "99999999999999999999999999999999999999",
                           "-0.00000000000000000000000000000000000001"})
    EXPECT_EQ(Decimal::parse(text)->to_string(), text);
  EXPECT_EQ(Decimal::parse("+1.5")->to_string(), "1.5");
  EXPECT_EQ(Decimal::parse("-0")->to_string(), "0");
  EXPECT_EQ(Decimal::parse(".5")->to_string(), "0.5");
  EXPECT_EQ(Decimal::parse("000000000000000000000000000000000000000000001")->to_string(), "1");
}

TEST(Decimal, RefusesWhatIsNoPlainNumber) {
  for (const auto* text : {"", "-", "+", ".", "1e3", "1,000", " 1", "1 ", "0x10", "NaN", "--1", "1.2.3", "₦5", "1\n",
                           "100000000000000000000000000000000000000"}) {
    const auto parsed = Decimal::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code(), Code::kInvalidData);
  }
}

TEST(Decimal, RescalesOnlyWithoutLoss) {
  EXPECT_EQ(Decimal::parse("12.50")->rescaled(1)->to_string(), "12.5");
  EXPECT_EQ(Decimal::parse("12.5")->rescaled(4)->to_string(), "12.5000");
  EXPECT_EQ(Decimal::parse("12.55")->rescaled(1).error().message(), "12.55 has more than 1 decimal places");
  EXPECT_FALSE(Decimal::parse("99999999999999999999999999999999999999")->rescaled(1));
  EXPECT_TRUE(Decimal::parse("9999999999999999999999999999999999999")->rescaled(1));
}

TEST(Decimal, FitsCountsDigits) {
  EXPECT_TRUE((Decimal{9999, 2}.fits(4)));
  EXPECT_FALSE((Decimal{10000, 2}.fits(4)));
  EXPECT_TRUE((Decimal{-9999, 2}.fits(4)));
  EXPECT_FALSE((Decimal{-10000, 2}.fits(4)));
  EXPECT_TRUE((Decimal{0, 0}.fits(0)));
}

TEST(Decimal, RandomNumbersComeBack) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 20000; ++i) {
    const int digits = static_cast<int>(random() % 38) + 1,
              scale = static_cast<int>(random() % static_cast<unsigned>(digits + 1));
    int128 unscaled = 0;
    for (int d = 0; d < digits; ++d) unscaled = unscaled * 10 + static_cast<int>(random() % 10);
    const Decimal value{random() % 2 ? unscaled : -unscaled, scale};
    const auto back = Decimal::parse(value.to_string());
    ASSERT_TRUE(back) << value.to_string();
    ASSERT_TRUE(*back == value) << value.to_string();
    ASSERT_TRUE(value.fits(digits));
  }
}

TEST(Decimal, PrintsTheWholeRangeOf128Bits) {
  EXPECT_EQ(to_string(static_cast<int128>(static_cast<uint128>(1) << 127)), "-170141183460469231731687303715884105728");
  EXPECT_EQ(to_string(static_cast<int128>(~static_cast<uint128>(0) >> 1)), "170141183460469231731687303715884105727");
}

}  // namespace
}  // namespace sentinel
