// Dates and timestamps: what is accepted, what is not, and that printing and parsing are opposites.
#include <sentinel/civil_time.hpp>

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace sentinel {
namespace {

constexpr std::int64_t kFirstDay = -719'162, kLastDay = 2'932'896;
constexpr std::int64_t kFirstMicros = kFirstDay * kMicrosPerDay, kLastMicros = (kLastDay + 1) * kMicrosPerDay - 1;

std::int64_t micros_of(std::string_view text) {
  std::int64_t micros = 0;
  EXPECT_EQ(read_timestamp(text, micros), Civil::kValue) << text;
  return micros;
}

Civil kind_of(std::string_view text) {
  std::int64_t micros = 0;
  return read_timestamp(text, micros);
}

TEST(CivilDays, AreOppositesFarBeyondTheYearsOfText) {
  EXPECT_EQ(days_from_civil({1970, 1, 1}), 0);
  EXPECT_EQ(days_from_civil({2000, 2, 29}), 11'016);
  EXPECT_EQ(days_from_civil({0, 1, 1}), -719'528);
  const auto last = civil_from_days(std::numeric_limits<std::int32_t>::max());
  EXPECT_EQ(last.year, 5'881'580);
  EXPECT_EQ(last.month, 7);
  EXPECT_EQ(last.day, 11);
  for (std::int64_t days = std::numeric_limits<std::int32_t>::min(); days < 2'200'000'000; days += 100'003) {
    const auto date = civil_from_days(days);
    ASSERT_EQ(checked_days(date), days) << date.year << "-" << date.month << "-" << date.day;
  }
}

TEST(CivilDays, EveryDayOfFourCenturiesFollowsTheOneBefore) {
  auto before = civil_from_days(kFirstDay);
  for (auto days = kFirstDay + 1; days <= kFirstDay + 146'097; ++days) {
    const auto date = civil_from_days(days);
    const bool is_next = date.year == before.year && date.month == before.month && date.day == before.day + 1;
    const bool is_month = date.day == 1 && !checked_days({before.year, before.month, before.day + 1});
    ASSERT_TRUE(is_next || is_month) << days;
    ASSERT_EQ(days_from_civil(date), days);
    before = date;
  }
}

TEST(CivilDays, RefusesWhatTheCalendarDoesNotHave) {
  EXPECT_TRUE(checked_days({2000, 2, 29}));
  EXPECT_TRUE(checked_days({2024, 2, 29}));
  for (const CivilDate& date : {CivilDate{1900, 2, 29},
                                {2023, 2, 29},
                                {2024, 4, 31},
                                {2024, 13, 1},
                                {2024, 0, 1},
                                {2024, 1, 0},
                                {2024, 12, 32}})
    EXPECT_FALSE(checked_days(date)) << date.year << "-" << date.month << "-" << date.day;
}

TEST(Calendar, HoldsTheYears0001To9999) {
  EXPECT_TRUE(is_calendar_date(kFirstDay));
  EXPECT_TRUE(is_calendar_date(kLastDay));
  EXPECT_FALSE(is_calendar_date(kFirstDay - 1));
  EXPECT_FALSE(is_calendar_date(kLastDay + 1));
  EXPECT_TRUE(is_calendar_timestamp(kFirstMicros));
  EXPECT_TRUE(is_calendar_timestamp(kLastMicros));
  EXPECT_FALSE(is_calendar_timestamp(kFirstMicros - 1));
  EXPECT_FALSE(is_calendar_timestamp(kLastMicros + 1));
  EXPECT_FALSE(is_calendar_timestamp(std::numeric_limits<std::int64_t>::min()));
}

TEST(Calendar, ADayBeginsAtMidnightAlsoBefore1970) {
  EXPECT_EQ(day_of(0), 0);
  EXPECT_EQ(day_of(-1), -1);
  EXPECT_EQ(day_of(-kMicrosPerDay), -1);
  EXPECT_EQ(time_of_day(-1), kMicrosPerDay - 1);
  EXPECT_EQ(time_of_day(-kMicrosPerDay), 0);
  EXPECT_EQ(time_of_day(kMicrosPerDay + 1), 1);
}

TEST(Calendar, RoundsHalfUp) {
  EXPECT_EQ(rounded_to_digits(1'499'999, 0), 1'000'000);
  EXPECT_EQ(rounded_to_digits(1'500'000, 0), 2'000'000);
  EXPECT_EQ(rounded_to_digits(-1'500'000, 0), -1'000'000);
  EXPECT_EQ(rounded_to_digits(123'456, 3), 123'000);
  EXPECT_EQ(rounded_to_digits(123'456, 6), 123'456);
}

TEST(CivilText, WritesWhatDatabasesAndIsoWrite) {
  EXPECT_EQ(date_text(0), "1970-01-01");
  EXPECT_EQ(date_text(kFirstDay), "0001-01-01");
  EXPECT_EQ(date_text(kLastDay), "9999-12-31");
  EXPECT_EQ(timestamp_text(0), "1970-01-01 00:00:00");
  EXPECT_EQ(timestamp_text(-1), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(timestamp_text(1'700'000'000'120'000), "2023-11-14 22:13:20.120000");
  EXPECT_EQ(timestamp_text(-1, TimestampForm::kIso), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(timestamp_text(1'704'967'200'000'000, TimestampForm::kIso), "2024-01-11T10:00:00Z");
}

TEST(ParseDate, TakesIsoDatesOnly) {
  EXPECT_EQ(parse_date("1970-01-01"), 0);
  EXPECT_EQ(parse_date("1969-12-31"), -1);
  EXPECT_EQ(parse_date("2024-02-29"), 19782);
  EXPECT_EQ(parse_date("0001-01-01"), kFirstDay);
  EXPECT_EQ(parse_date("9999-12-31"), kLastDay);
  for (const auto* text : {"0000-00-00", "0000-01-01", "2023-02-29", "2022-11-00", "2024-1-1", "20240101", "01/02/2024",
                           "2024-01-01 ", " 2024-01-01", "", "2024-01-01T00:00:00", "+024-01-01", "2024-01-0a"})
    EXPECT_FALSE(parse_date(text)) << text;
}

TEST(ParseTime, IsWithinTheDay) {
  EXPECT_EQ(parse_time("00:00:00"), 0);
  EXPECT_EQ(parse_time("23:59:59.999999"), kMicrosPerDay - 1);
  for (const auto* text : {"24:00:00", "10:60:00", "10:00:60", "10:00", "10:00:00.", "10:00:00Z", ""})
    EXPECT_FALSE(parse_time(text)) << text;
}

TEST(ParseTimestamp, TakesIsoTimestamps) {
  EXPECT_EQ(parse_timestamp("1970-01-01 00:00:01"), 1'000'000);
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00.25Z"), 250'000);
  EXPECT_EQ(parse_timestamp("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(parse_timestamp("1969-12-31T23:00:00-0100"), 0);
  EXPECT_EQ(parse_timestamp("1970-01-01 01:00:00+01"), 0);
  EXPECT_EQ(parse_timestamp("1970-01-01 00:13:35+00:13:35"), 0) << "PostgreSQL prints such offsets of early years";
  EXPECT_EQ(parse_timestamp("2023-11-14 22:13:20.12"), 1'700'000'000'120'000);
  EXPECT_EQ(parse_timestamp("2023-11-14 22:13:20.120000000"), 1'700'000'000'120'000);
  for (const auto* text :
       {"", "2024-01-01", "2024-01-01 ", "2024-01-01x10:00:00", "2024-01-01 24:00:00", "2024-01-01 10:00",
        "2024-01-01 10:00:60", "2024-01-01 10:00:00.", "2024-01-01 10:00:00.1234567", "2024-01-01 10:00:00 Z",
        "2024-01-01 10:00:00+1", "2024-01-01 10:00:00+24:00", "2024-01-01 10:00:00+01:60", "2024-01-01 10:00:00Zz",
        "0000-00-00 00:00:00", "2023-02-30 00:00:00"})
    EXPECT_FALSE(parse_timestamp(text)) << text;
}

TEST(ParseTimestamp, RefusesOtherOffsetsWhereTold) {
  constexpr std::int64_t kInstant = 1'700'000'000'000'000;
  for (const auto* text :
       {"2023-11-14 22:13:20", "2023-11-14T22:13:20Z", "2023-11-14 22:13:20+00", "2023-11-14 22:13:20+00:00"})
    EXPECT_EQ(parse_timestamp(text, Offsets::kZero), kInstant) << text;
  EXPECT_EQ(parse_timestamp("2023-11-14 23:13:20+01"), kInstant);
  EXPECT_FALSE(parse_timestamp("2023-11-14 23:13:20+01", Offsets::kZero));
}

TEST(ParseTimestamp, IsTheOppositeOfWriting) {
  constexpr std::uint32_t kSeed = 20261122;
  SCOPED_TRACE(kSeed);
  std::mt19937_64 random(kSeed);
  std::uniform_int_distribution<std::int64_t> micros(kFirstMicros, kLastMicros);
  for (int i = 0; i < 10000; ++i) {
    const auto value = micros(random);
    ASSERT_EQ(parse_timestamp(timestamp_text(value)), value);
    ASSERT_EQ(parse_timestamp(timestamp_text(value, TimestampForm::kIso)), value);
    ASSERT_EQ(parse_date(date_text(day_of(value))), day_of(value));
  }
}

TEST(ReadTimestamp, TakesWhatEachDatabasePrints) {
  EXPECT_EQ(micros_of("1970-01-01 00:00:00"), 0);
  EXPECT_EQ(micros_of("2024-01-11 10:00:00"), 1704967200000000);
  EXPECT_EQ(micros_of("2024-01-11T10:00:00Z"), 1704967200000000);
  EXPECT_EQ(micros_of("2024-01-11 10:00:00+00"), 1704967200000000);
  EXPECT_EQ(micros_of("2024-01-11 10:00:00 +00:00"), 1704967200000000);
  EXPECT_EQ(micros_of("2024-01-11 11:00:00.250000+01:00"), 1704967200250000);
  EXPECT_EQ(micros_of("2024-01-11 06:30:00-03:30"), 1704967200000000);
  EXPECT_EQ(micros_of("2024-01-11 10:00"), 1704967200000000);
  EXPECT_EQ(micros_of("2024-01-11"), 1704931200000000);
  EXPECT_EQ(micros_of("1969-12-31 23:59:59.5"), -500000);
  EXPECT_EQ(micros_of("2024-01-11 10:00:00.123456000"), 1704967200123456);
}

TEST(ReadTimestamp, AZeroDateIsNoDateButAnEarlyYearIs) {
  EXPECT_EQ(kind_of("0000-00-00 00:00:00"), Civil::kZero);
  EXPECT_EQ(kind_of("0000-00-00"), Civil::kZero);
  EXPECT_EQ(kind_of("0009-12-04 00:00:00"), Civil::kValue);
}

TEST(ReadTimestamp, RefusesWhatTheCalendarDoesNotHave) {
  for (const auto* text :
       {"2022-11-00", "2023-02-29", "2024-13-01", "0000-01-01", "infinity", "", "2024-1-1", "2024-01-11 25:00:00",
        "2024-01-11 10:60:00", "2024-01-11 10:00:00 BC", "2024-01-11 10:00:00.1234567", "2024-01-11x",
        "2024-01-11 10:00:00.", "2024-01-11 10:00:00+", "0000-00-00x"})
    EXPECT_EQ(kind_of(text), Civil::kInvalid) << text;
}

TEST(ReadTimestamp, IsTheOppositeOfWriting) {
  for (const auto* text :
       {"2024-02-29 23:59:59", "1969-12-31 23:59:59.500000", "0009-12-04 00:00:00", "9999-12-31 00:00:00"})
    EXPECT_EQ(timestamp_text(micros_of(text)), text);
}

TEST(ReadDate, TakesATimeThatIsMidnight) {
  std::int32_t days = 0;
  EXPECT_EQ(read_date("2024-01-11", days), Civil::kValue);
  EXPECT_EQ(days, 19733);
  EXPECT_EQ(read_date("1969-12-31 00:00:00", days), Civil::kValue);
  EXPECT_EQ(days, -1);
  EXPECT_EQ(read_date("2024-01-11 00:00:01", days), Civil::kInvalid);
  EXPECT_EQ(read_date("0000-00-00", days), Civil::kZero);
  EXPECT_EQ(days, -1) << "only a value is answered";
}

}  // namespace
}  // namespace sentinel
