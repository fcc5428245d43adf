// Dates, timestamps and single values.
#include "sql_sink/cell.hpp"
#include "sql_sink/calendar.hpp"

#include <gtest/gtest.h>

#include <random>

namespace sentinel::sql_sink {
namespace {

std::string timestamp_text(std::int64_t micros) {
  char out[kTimestampBytes];
  return {out, write_timestamp(micros, out)};
}

TEST(Calendar, WritesAndParsesTimestamps) {
  EXPECT_EQ(timestamp_text(0), "1970-01-01 00:00:00");
  EXPECT_EQ(timestamp_text(-1), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(timestamp_text(1'700'000'000'120'000), "2023-11-14 22:13:20.120000");
  EXPECT_EQ(parse_timestamp("2023-11-14 22:13:20.12"), 1'700'000'000'120'000);
  EXPECT_EQ(parse_timestamp("2023-11-14T22:13:20Z"), 1'700'000'000'000'000);
  EXPECT_EQ(parse_timestamp("2023-11-14 22:13:20+00"), 1'700'000'000'000'000);
  for (const auto* wrong : {"", "2023-11-14", "2023-02-30 00:00:00", "0000-00-00 00:00:00", "2023-11-14 22:13:20+01",
                            "2023-11-14 24:00:00", "2023-11-14 22:13:20.1234567"})
    EXPECT_FALSE(parse_timestamp(wrong)) << wrong;
  EXPECT_EQ(parse_date("1970-01-02"), 1);
  EXPECT_FALSE(parse_date("1970-01-02 "));
}

TEST(Calendar, ComesBackFromText) {
  constexpr std::uint32_t kSeed = 20261122;
  SCOPED_TRACE(kSeed);
  std::mt19937_64 random(kSeed);
  std::uniform_int_distribution<std::int64_t> micros(-62'135'596'800'000'000, 253'402'300'799'999'999);
  for (int i = 0; i < 10000; ++i) {
    const auto value = micros(random);
    ASSERT_TRUE(is_calendar_timestamp(value)) << value;
    ASSERT_EQ(parse_timestamp(timestamp_text(value)), value);
  }
  EXPECT_FALSE(is_calendar_timestamp(-62'135'596'800'000'001));
  EXPECT_FALSE(is_calendar_timestamp(253'402'300'800'000'000));
}

TEST(Calendar, RoundsHalfUp) {
  EXPECT_EQ(rounded_to_digits(1'499'999, 0), 1'000'000);
  EXPECT_EQ(rounded_to_digits(1'500'000, 0), 2'000'000);
  EXPECT_EQ(rounded_to_digits(-1'500'000, 0), -1'000'000);
  EXPECT_EQ(rounded_to_digits(123'456, 3), 123'000);
  EXPECT_EQ(rounded_to_digits(123'456, 6), 123'456);
}

TargetColumn column_of(Field field, database::ColumnKind kind) {
  TargetColumn column;
  column.shape = std::move(field);
  column.column.kind = kind;
  column.column.type_text = "the type";
  return column;
}

TEST(Cell, ComparesDecimalsDigitByDigit) {
  const Schema schema{decimal("amount", 18, 2)};
  BatchBuilder builder(schema);
  builder.append(Decimal{999999999999999999, 2});
  const auto batch = builder.finish();
  const auto values = batch.view(schema).column(0);
  const auto column = column_of(schema[0], database::ColumnKind::kDecimal);
  EXPECT_TRUE(equals(column, values, 0, "9999999999999999.99"));
  EXPECT_TRUE(equals(column, values, 0, "9999999999999999.9900"));
  EXPECT_FALSE(equals(column, values, 0, "10000000000000000"));
  EXPECT_FALSE(equals(column, values, 0, "9999999999999999.991"));
  EXPECT_FALSE(equals(column, values, 0, "NaN"));
}

TEST(Cell, KnowsTheRangeOfIntegerColumns) {
  const Schema schema{int64("n")};
  const auto check = [&](std::int64_t value, int bits, bool is_unsigned) {
    BatchBuilder builder(schema);
    builder.append(value);
    const auto batch = builder.finish();
    auto column = column_of(schema[0], database::ColumnKind::kInteger);
    column.column.bits = bits;
    column.column.is_unsigned = is_unsigned;
    return check_cell(column, database::Dialect::kMysql, batch.view(schema).column(0), 0).ok();
  };
  EXPECT_TRUE(check(127, 8, false));
  EXPECT_FALSE(check(128, 8, false));
  EXPECT_TRUE(check(-128, 8, false));
  EXPECT_FALSE(check(-129, 8, false));
  EXPECT_TRUE(check(4294967295, 32, true));
  EXPECT_FALSE(check(4294967296, 32, true));
  EXPECT_FALSE(check(-1, 64, true));
  EXPECT_TRUE(check(INT64_MIN, 64, false));
  EXPECT_TRUE(check(INT64_MAX, 64, true));
}

}  // namespace
}  // namespace sentinel::sql_sink
