// How numbers, switches, durations and sizes are read, and what is said about wrong ones.
#include "engine/config/yaml/scalar.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace sentinel::config {
namespace {

template <class T>
std::string words(const Result<T>& result) {
  return result.has_value() ? "accepted" : result.error().message();
}

TEST(Scalar, ReadsIntegers) {
  EXPECT_EQ(*parse_integer("0"), 0);
  EXPECT_EQ(*parse_integer("-7"), -7);
  EXPECT_EQ(*parse_integer("+7"), 7);
  EXPECT_EQ(*parse_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(*parse_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
}

TEST(Scalar, RefusesIntegersThatOthersReadDifferently) {
  EXPECT_EQ(words(parse_integer("010")), "must be an integer: write 10 instead of 010");
  EXPECT_EQ(words(parse_integer("-010")), "must be an integer: write -10 instead of -010");
  EXPECT_EQ(words(parse_integer("00")), "must be an integer: write 0 instead of 00");
  EXPECT_EQ(words(parse_integer("0x10")), "must be an integer: write 16 instead of 0x10");
  EXPECT_EQ(words(parse_integer("1_000")), "must be an integer: write 1000 instead of 1_000");
  EXPECT_EQ(words(parse_integer("1,000")), "must be an integer: write 1000 instead of 1,000");
  EXPECT_EQ(words(parse_integer("1e3")), "must be an integer, not \"1e3\"");
  EXPECT_EQ(words(parse_integer("1.0")), "must be an integer, not \"1.0\"");
  EXPECT_EQ(words(parse_integer("")), "must be an integer, but is empty");
  EXPECT_EQ(words(parse_integer("-")), "must be an integer, not \"-\"");
  EXPECT_EQ(words(parse_integer("9223372036854775808")), "is too large: \"9223372036854775808\"");
}

TEST(Scalar, ReadsNumbersAndPercentages) {
  EXPECT_DOUBLE_EQ(*parse_number("0.2"), 0.2);
  EXPECT_EQ(*parse_number("20%"), 0.2);
  EXPECT_EQ(*parse_number("-1.5"), -1.5);
  EXPECT_EQ(*parse_number("3"), 3.0);
  EXPECT_EQ(words(parse_number("0,2")), "must be a number such as 0.2 or 20%: write 0.2 instead of 0,2");
  EXPECT_EQ(words(parse_number("00.5")), "must be a number such as 0.2 or 20%: write 0.5 instead of 00.5");
  for (const auto* wrong : {"", "%", ".5", "5.", "1e3", "nan", "inf", "0x1p3", "1.2.3", "--1", ",", "20 %"})
    EXPECT_FALSE(parse_number(wrong).has_value()) << wrong;
}

TEST(Scalar, KnowsTrueAndFalseOnly) {
  EXPECT_TRUE(*parse_boolean("true"));
  EXPECT_FALSE(*parse_boolean("false"));
  EXPECT_EQ(words(parse_boolean("yes")), "must be true or false: write true instead of yes");
  EXPECT_EQ(words(parse_boolean("Off")), "must be true or false: write false instead of Off");
  EXPECT_EQ(words(parse_boolean("True")), "must be true or false: write true instead of True");
  EXPECT_EQ(words(parse_boolean("maybe")), "must be true or false, not \"maybe\"");
}

TEST(Scalar, ReadsDurations) {
  EXPECT_EQ(*parse_duration_ms("200ms"), 200);
  EXPECT_EQ(*parse_duration_ms("90s"), 90000);
  EXPECT_EQ(*parse_duration_ms("15m"), 900000);
  EXPECT_EQ(*parse_duration_ms("1h"), 3600000);
  EXPECT_EQ(*parse_duration_ms("7d"), 604800000);
  EXPECT_EQ(*parse_duration_ms("0s"), 0);
  EXPECT_EQ(words(parse_duration_ms("15")), "needs a unit: write 15s for seconds or 15m for minutes");
  EXPECT_EQ(words(parse_duration_ms("15min")),
            "must be a duration such as 200ms, 90s, 15m, 1h or 7d: write 15m instead of 15min");
  EXPECT_EQ(words(parse_duration_ms("010s")),
            "must be a duration such as 200ms, 90s, 15m, 1h or 7d: write 10s instead of 010s");
  EXPECT_EQ(words(parse_duration_ms("-5s")), "must be a duration such as 200ms, 90s, 15m, 1h or 7d, not \"-5s\"");
  EXPECT_EQ(words(parse_duration_ms("106751991168d")), "is too large: \"106751991168d\"");
  EXPECT_FALSE(parse_duration_ms("1.5h").has_value());
}

TEST(Scalar, ReadsSizes) {
  EXPECT_EQ(*parse_size_bytes("512"), 512);
  EXPECT_EQ(*parse_size_bytes("64KiB"), 65536);
  EXPECT_EQ(*parse_size_bytes("4MiB"), 4194304);
  EXPECT_EQ(*parse_size_bytes("10MB"), 10000000);
  EXPECT_EQ(words(parse_size_bytes("4M")), "must be a size such as 64KiB, 4MiB or 10MB: write 4MiB instead of 4M");
  EXPECT_EQ(words(parse_size_bytes("many")), "must be a size such as 64KiB, 4MiB or 10MB, not \"many\"");
  EXPECT_EQ(words(parse_size_bytes("99999999TiB")), "is too large: \"99999999TiB\"");
}

}  // namespace
}  // namespace sentinel::config
