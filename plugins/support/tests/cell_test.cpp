// Values that databases print, exact or refused.
#include "support/cell.hpp"

#include <gtest/gtest.h>

namespace sentinel::support {
namespace {

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

TEST(Cell, DatesTimesAndTextsAreExactOrRefused) {
  EXPECT_EQ(parse_cell(date("d"), "2024-01-11")->integer, 19733);
  EXPECT_EQ(parse_cell(timestamp("t"), "2024-01-11 11:00:00.25+01")->integer, 1704967200250000);
  EXPECT_EQ(parse_cell(utf8("u"), "₦5,000")->text, "₦5,000");
  EXPECT_EQ(parse_cell(binary("b"), "\xff")->text, "\xff");
  EXPECT_FALSE(parse_cell(date("d"), "2022-11-00"));
  EXPECT_FALSE(parse_cell(date("d"), "2024-01-11 10:00:00"));
  EXPECT_FALSE(parse_cell(timestamp("t"), "infinity"));
  EXPECT_FALSE(parse_cell(utf8("u"), "\xff"));
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
