// Values that databases print, exact or refused.
#include "support/cell.hpp"

#include "support/civil_time.hpp"

#include <gtest/gtest.h>

namespace sentinel::support {
namespace {

std::int64_t micros_of(std::string_view text) {
  std::int64_t micros = 0;
  EXPECT_EQ(parse_timestamp(text, micros), Civil::kValue) << text;
  return micros;
}

Civil kind_of(std::string_view text) {
  std::int64_t micros = 0;
  return parse_timestamp(text, micros);
}

TEST(CivilTime, ReadsWhatEachDatabasePrints) {
  EXPECT_EQ(micros_of("1970-01-01 00:00:00"), 0);
  EXPECT_EQ(micros_of("2024-01-11 10:00:00"), 1704967200000000);
  EXPECT_EQ(micros_of("2024-01-11T10:00:00Z"), 1704967200000000);
  EXPECT_EQ(micros_of("2024-01-11 10:00:00+00"), 1704967200000000);
  EXPECT_EQ(micros_of("2024-01-11 11:00:00.250000+01:00"), 1704967200250000);
  EXPECT_EQ(micros_of("2024-01-11 06:30:00-03:30"), 1704967200000000);
  EXPECT_EQ(micros_of("2024-01-11 10:00"), 1704967200000000);
  EXPECT_EQ(micros_of("2024-01-11"), 1704931200000000);
  EXPECT_EQ(micros_of("1969-12-31 23:59:59.5"), -500000);
  EXPECT_EQ(micros_of("2024-01-11 10:00:00.123456000"), 1704967200123456);
}

TEST(CivilTime, AZeroDateIsNoDateButAnEarlyYearIs) {
  EXPECT_EQ(kind_of("0000-00-00 00:00:00"), Civil::kZero);
  EXPECT_EQ(kind_of("0000-00-00"), Civil::kZero);
  EXPECT_EQ(kind_of("0009-12-04 00:00:00"), Civil::kValue);
}

TEST(CivilTime, RefusesWhatTheCalendarDoesNotHave) {
  for (const auto* text : {"2022-11-00", "2023-02-29", "2024-13-01", "infinity", "", "2024-1-1", "2024-01-11 25:00:00",
                           "2024-01-11 10:60:00", "2024-01-11 10:00:00 BC", "2024-01-11 10:00:00.1234567",
                           "2024-01-11x", "2024-01-11 10:00:00.", "2024-01-11 10:00:00+"})
    EXPECT_EQ(kind_of(text), Civil::kInvalid) << text;
}

TEST(CivilTime, PrintsWhatItReads) {
  for (const auto* text :
       {"2024-02-29 23:59:59", "1969-12-31 23:59:59.500000", "0009-12-04 00:00:00", "9999-12-31 00:00:00"})
    EXPECT_EQ(print_timestamp(micros_of(text)), text);
}

TEST(Utf8, FollowsTheStandardToTheByte) {
  for (const auto* good :
       {"", "plain text longer than eight bytes", "Olúwáṣeun", "₦5,000", "😀", "\xF4\x8F\xBF\xBF", "\xEE\x80\x80"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const auto* bad : {"\x80", "\xC0\xAF", "\xE2\x82", "abc\xFF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80",
                          "\xF0\x80\x80\x80", "12345678\xC3", "\xC3("})
    EXPECT_FALSE(is_utf8(bad)) << bad;
  EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3)));
}

TEST(Cell, NumbersAreExactOrRefused) {
  EXPECT_EQ(parse_cell(int64("n"), "9223372036854775807")->integer, INT64_MAX);
  EXPECT_EQ(parse_cell(decimal("n", 12, 2), "1500.5")->unscaled, 150050);
  EXPECT_EQ(parse_cell(decimal("n", 20, 0), "18446744073709551615")->unscaled,
            static_cast<int128>(18446744073709551615u));
  EXPECT_EQ(parse_cell(decimal("n", 38, 10), "-9999999999999999.99")->unscaled,
            -static_cast<int128>(999999999999999999) * 100000000);
  EXPECT_EQ(parse_cell(float64("n"), "0.1")->number, 0.1);
  for (const auto* text : {"9223372036854775808", "1.0", "", "₦5", " 5", "5 ", "0x5"})
    EXPECT_FALSE(parse_cell(int64("n"), text)) << text;
  for (const auto* text : {"1.005", "12345678901.00", "1e3", "NaN", ""})
    EXPECT_FALSE(parse_cell(decimal("n", 12, 2), text)) << text;
}

TEST(Cell, ARefusalNamesTheFieldAndNotTheValue) {
  const auto cell = parse_cell(int64("amount_kobo"), "secret-4111");
  ASSERT_FALSE(cell);
  EXPECT_EQ(cell.error().code(), Code::kInvalidData);
  EXPECT_EQ(cell.error().message(), "field \"amount_kobo\" is not a valid int64");
}

TEST(Cell, NullAndZeroDatesNeedAFieldThatMayBeNull) {
  EXPECT_TRUE(parse_cell(timestamp("t"), "0000-00-00 00:00:00")->is_null);
  EXPECT_TRUE(parse_cell(date("t"), std::nullopt)->is_null);
  EXPECT_FALSE(parse_cell(timestamp("t").required(), "0000-00-00 00:00:00"));
  EXPECT_FALSE(parse_cell(int64("t").key(), std::nullopt));
}

TEST(Cell, BooleansComeInTheFormsOfThreeDatabases) {
  for (const auto* text : {"1", "t", "true"}) EXPECT_EQ(parse_cell(boolean("b"), text)->integer, 1) << text;
  for (const auto* text : {"0", "f", "false"}) EXPECT_EQ(parse_cell(boolean("b"), text)->integer, 0) << text;
  EXPECT_FALSE(parse_cell(boolean("b"), "2"));
}

TEST(RawRecord, IsCutAtItsLimit) {
  const Schema schema{int64("id"), utf8("note"), utf8("empty")};
  const std::string large(200'000, 'x');
  const std::optional<std::string_view> values[] = {"7", large, std::nullopt};
  const auto raw = raw_record(schema, values);
  EXPECT_EQ(raw.size(), kMaxRawBytes);
  EXPECT_TRUE(raw.starts_with("id: 7\nnote: xxx"));
}

}  // namespace
}  // namespace sentinel::support
