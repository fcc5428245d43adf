// Single values.
#include "sql_sink/cell.hpp"

#include <gtest/gtest.h>

namespace sentinel::sql_sink {
namespace {

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

TEST(Cell, ComparesTimestampsToTheDigitThatTheColumnKeeps) {
  const Schema schema{timestamp("at")};
  BatchBuilder builder(schema);
  builder.append(std::int64_t{1'700'000'000'120'500});
  const auto batch = builder.finish();
  const auto values = batch.view(schema).column(0);
  auto column = column_of(schema[0], database::ColumnKind::kTimestamp);
  column.column.scale = 3;
  Scratch scratch;
  EXPECT_EQ(cell_text(column, values, 0, scratch), "2023-11-14 22:13:20.121000");
  EXPECT_TRUE(equals(column, values, 0, "2023-11-14 22:13:20.121"));
  EXPECT_TRUE(equals(column, values, 0, "2023-11-14 22:13:20.121+00"));
  EXPECT_FALSE(equals(column, values, 0, "2023-11-14 22:13:20.1205"));
  EXPECT_FALSE(equals(column, values, 0, "2023-11-14 23:13:20.121+01")) << "a session in UTC prints no such thing";
  EXPECT_FALSE(equals(column, values, 0, "0000-00-00 00:00:00"));
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
    return check_cell(column, CellRules{.keeps_zero_bytes = true}, batch.view(schema).column(0), 0).ok();
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
