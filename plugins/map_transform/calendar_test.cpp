// Dates and timestamps: what is accepted, what is not, and that printing and parsing are opposites.
#include "calendar.hpp"

#include <gtest/gtest.h>

namespace sentinel::map_transform {
namespace {

TEST(Calendar, ParsesIsoDates) {
  EXPECT_EQ(parse_date("1970-01-01"), 0);
  EXPECT_EQ(parse_date("1969-12-31"), -1);
  EXPECT_EQ(parse_date("2024-02-29"), 19782);
  EXPECT_EQ(parse_date("0001-01-01"), -719162);
  EXPECT_EQ(parse_date("9999-12-31"), 2932896);
  for (const auto* text : {"0000-00-00", "2023-02-29", "2022-11-00", "2024-1-1", "20240101", "01/02/2024",
                           "2024-01-01 ", "", "2024-01-01T00:00:00", "+024-01-01"})
    EXPECT_FALSE(parse_date(text)) << text;
}

TEST(Calendar, ParsesIsoTimestamps) {
  EXPECT_EQ(parse_timestamp("1970-01-01 00:00:01"), 1'000'000);
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00.25Z"), 250'000);
  EXPECT_EQ(parse_timestamp("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(parse_timestamp("1969-12-31T23:00:00-0100"), 0);
  for (const auto* text :
       {"2024-01-01", "2024-01-01 24:00:00", "2024-01-01 10:00", "2024-01-01 10:00:60", "2024-01-01 10:00:00.",
        "2024-01-01 10:00:00.1234567", "2024-01-01 10:00:00 Z", "2024-01-01 10:00:00+1", "0000-00-00 00:00:00"})
    EXPECT_FALSE(parse_timestamp(text)) << text;
}

TEST(Calendar, PrintsWhatItParses) {
  for (std::int32_t day = -719162; day <= 2932896; day += 1000) EXPECT_EQ(parse_date(*date_text(day)), day);
  for (const std::int64_t instant :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1704967200250000}, -kMicrosecondsOfDay})
    EXPECT_EQ(parse_timestamp(*timestamp_text(instant)), instant);
  EXPECT_EQ(timestamp_text(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(timestamp_text(1704967200000000), "2024-01-11T10:00:00Z");
  EXPECT_FALSE(date_text(2932897));
  EXPECT_FALSE(timestamp_text(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(day_of(-1), -1);
}

}  // namespace
}  // namespace sentinel::map_transform
