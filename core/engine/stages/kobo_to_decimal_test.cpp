// kobo_to_decimal: exact at every edge of its range, honest about what does not fit, and indifferent to the shape of
// arrays.
#include "engine/stages/kobo_to_decimal.hpp"

#include "transform_probe.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace sentinel::stages {
namespace {

Host no_host(nullptr);
constexpr auto kLargest = std::numeric_limits<std::int64_t>::max();
constexpr auto kSmallest = std::numeric_limits<std::int64_t>::min();

// A bound transform with what it answers and reports.
struct Bound {
  std::unique_ptr<KoboToDecimal> transform;
  Schema out;
  probe::Reported reported;

  Applied apply(Batch batch) { return reported.apply(*transform, std::move(batch)); }
};

Bound bind(const KoboToDecimalOptions& options, const Schema& in) {
  Bound bound;
  bound.out = probe::bind_opened(KoboToDecimal::open(options, no_host), in, bound.transform);
  return bound;
}

Status refused(const KoboToDecimalOptions& options, const Schema& in) {
  return probe::refusal(KoboToDecimal::open(options, no_host), in);
}

KoboToDecimalOptions naira() { return {"amount_kobo", "amount_naira", 10, 2, false}; }

// The value at `row` of the decimal column, as an SQL server would print it.
std::string at(const Applied& applied, const Schema& schema, std::int64_t row) {
  const auto column = applied.batch.view(schema).column(schema.find("amount_naira"));
  return column.is_null(row) ? "null" : column.decimal(row).to_string();
}

TEST(KoboToDecimal, ReplacesTheFieldInItsPlace) {
  const Schema in{utf8("id").key(), money("amount_kobo", "NGN", 2), utf8("note")};
  auto bound = bind(naira(), in);
  ASSERT_EQ(bound.out.size(), 3u);
  const auto& field = bound.out[1];
  EXPECT_EQ(field.name, "amount_naira");
  EXPECT_EQ(field.type_text(), "decimal(10,2)");
  EXPECT_EQ(field.currency, "NGN");
  EXPECT_EQ(field.exponent, 2);
  EXPECT_EQ(field.minor_field, "amount_kobo");
  EXPECT_EQ(bound.out[0], in[0]);
  BatchBuilder builder(in);
  builder.append("a", 500050, "x");
  builder.append("b", nullptr, "y");
  builder.append("c", -1, "z");
  const auto applied = bound.apply(builder.finish());
  EXPECT_TRUE(applied.origin.empty());
  EXPECT_EQ(at(applied, bound.out, 0), "5000.50");
  EXPECT_EQ(at(applied, bound.out, 1), "null");
  EXPECT_EQ(at(applied, bound.out, 2), "-0.01");
  EXPECT_EQ(applied.batch.view(bound.out).column(2).text(2), "z");
}

TEST(KoboToDecimal, KeepsTheKoboBesideTheDecimal) {
  auto options = naira();
  options.keep = true;
  const Schema in{int64("amount_kobo"), utf8("note")};
  auto bound = bind(options, in);
  ASSERT_EQ(bound.out.size(), 3u);
  EXPECT_EQ(bound.out[0].name, "amount_kobo");
  EXPECT_EQ(bound.out[1].name, "amount_naira");
  BatchBuilder builder(in);
  builder.append(123, "x");
  const auto applied = bound.apply(builder.finish());
  EXPECT_EQ(applied.batch.view(bound.out).column(0).int64(0), 123);
  EXPECT_EQ(at(applied, bound.out, 0), "1.23");
  EXPECT_EQ(applied.batch.view(bound.out).column(2).text(0), "x");
}

TEST(KoboToDecimal, TheRangeEndsWhereDecimalTenTwoEnds) {
  const Schema in{int64("amount_kobo")};
  auto bound = bind(naira(), in);
  BatchBuilder builder(in);
  for (const auto kobo : {std::int64_t{9'999'999'999}, std::int64_t{10'000'000'000}, std::int64_t{-9'999'999'999},
                          std::int64_t{-10'000'000'000}, kLargest, kSmallest, std::int64_t{0}})
    builder.append(kobo);
  builder.append(nullptr);
  const auto applied = bound.apply(builder.finish());
  EXPECT_EQ(applied.origin, (std::vector<std::int64_t>{0, 2, 6, 7}));
  EXPECT_EQ(at(applied, bound.out, 0), "99999999.99");
  EXPECT_EQ(at(applied, bound.out, 1), "-99999999.99");
  EXPECT_EQ(at(applied, bound.out, 2), "0.00");
  EXPECT_EQ(at(applied, bound.out, 3), "null");
  ASSERT_EQ(bound.reported.rejected.size(), 4u);
  const auto& why = bound.reported.rejected.at(1);
  EXPECT_EQ(why.message(),
            "field \"amount_kobo\": more minor units than decimal(10,2) holds, at most 9999999999 either way");
  EXPECT_EQ(why.code(), Code::kInvalidData);
  EXPECT_EQ(why.domain(), "kobo_to_decimal");
  EXPECT_EQ(why.native_code(), "out_of_range");
}

TEST(KoboToDecimal, OneAmountBelowTheRangeIsEnough) {
  const Schema in{int64("amount_kobo")};
  auto bound = bind(naira(), in);
  BatchBuilder builder(in);
  builder.append(std::int64_t{-10'000'000'000});
  builder.append(5);
  EXPECT_EQ(bound.apply(builder.finish()).origin, std::vector<std::int64_t>{1});
  EXPECT_EQ(bound.reported.rejected.size(), 1u);
}

TEST(KoboToDecimal, WidePrecisionsHoldEveryInt64) {
  auto options = naira();
  const Schema in{int64("amount_kobo")};
  for (const std::int64_t precision : {19, 38}) {
    options.precision = precision;
    auto bound = bind(options, in);
    BatchBuilder builder(in);
    builder.append(kLargest);
    builder.append(kSmallest);
    const auto applied = bound.apply(builder.finish());
    ASSERT_TRUE(bound.reported.rejected.empty());
    EXPECT_EQ(at(applied, bound.out, 0), "92233720368547758.07");
    EXPECT_EQ(at(applied, bound.out, 1), "-92233720368547758.08");
  }
  options.precision = 18;
  auto bound = bind(options, in);
  BatchBuilder builder(in);
  builder.append(std::int64_t{999'999'999'999'999'999});
  builder.append(std::int64_t{1'000'000'000'000'000'000});
  EXPECT_EQ(bound.apply(builder.finish()).origin, std::vector<std::int64_t>{0});
}

TEST(KoboToDecimal, DigitsStayAsTheyAre) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const Schema in{int64("amount_kobo")};
  auto bound = bind(naira(), in);
  std::vector<std::int64_t> kobo;
  BatchBuilder builder(in);
  for (int i = 0; i < 100'000; ++i) {
    kobo.push_back(static_cast<std::int64_t>(random() % 19'999'999'999) - 9'999'999'999);
    builder.append(kobo.back());
  }
  const auto applied = bound.apply(builder.finish());
  ASSERT_TRUE(bound.reported.rejected.empty());
  for (std::size_t row = 0; row < kobo.size(); ++row) {
    auto text = at(applied, bound.out, static_cast<std::int64_t>(row));
    text.erase(text.size() - 3, 1);
    ASSERT_EQ(std::stoll(text), kobo[row]);
  }
}

TEST(KoboToDecimal, RefusesFieldsThatDoNotSuit) {
  const Schema in{utf8("amount_text"), money("amount_kobo", "KWD", 3), int64("other")};
  auto options = naira();
  EXPECT_EQ(refused(options, in).option_path(), "scale") << "a fils is a thousandth of a dinar";
  options.field = "amount_text";
  EXPECT_EQ(refused(options, in).option_path(), "field");
  options.field = "amount";
  const auto missing = refused(options, in);
  EXPECT_EQ(missing.option_path(), "field");
  EXPECT_EQ(missing.code(), Code::kInvalidConfig);
  EXPECT_EQ(missing.message(), "the input has no field \"amount\"; its int64 fields are: amount_kobo, other");
  options.field = "other";
  options.to = "amount_text";
  EXPECT_EQ(refused(options, in).option_path(), "to");
  options.to = "other";
  EXPECT_EQ(bind(options, in).out[2].type_text(), "decimal(10,2)") << "the field may keep its name";
  options.keep = true;
  EXPECT_EQ(refused(options, in).option_path(), "to");
  options = naira();
  options.scale = 11;
  EXPECT_EQ(refused(options, in).option_path(), "scale");
}

// A struct offset, offsets of the children, no validity buffer, and a null count that nobody counted.
TEST(KoboToDecimal, ReadsArraysOfEveryLegalShape) {
  const Schema in{utf8("id"), int64("amount_kobo")};
  for (const bool with_nulls : {false, true})
    for (const bool with_reject : {false, true})
      for (const std::int64_t struct_offset : {0, 1, 9})
        for (const std::int64_t child_offset : {0, 3}) {
          BatchBuilder builder(in);
          for (std::int64_t row = 0; row < struct_offset + child_offset; ++row) builder.append("junk", kLargest);
          for (std::int64_t row = 0; row < 20; ++row) {
            if (with_nulls && row % 3 == 0)
              builder.append(nullptr, nullptr);
            else
              builder.append(std::to_string(row), with_reject && row == 7 ? kLargest : row);
          }
          auto bound = bind(naira(), in);
          const auto applied = bound.apply(probe::behind_offsets(builder.finish(), 20, struct_offset, child_offset));
          ASSERT_EQ(applied.batch.rows(), with_reject ? 19 : 20);
          for (std::int64_t out = 0; out < applied.batch.rows(); ++out) {
            const auto row = with_reject && out >= 7 ? out + 1 : out;
            ASSERT_EQ(applied.origin.empty() ? out : applied.origin[static_cast<std::size_t>(out)], row);
            const auto expected = with_nulls && row % 3 == 0 ? "null" : Decimal{row, 2}.to_string();
            ASSERT_EQ(at(applied, bound.out, out), expected) << "row " << row;
          }
        }
}

TEST(KoboToDecimal, ABatchWithoutRowsStaysOne) {
  const Schema in{int64("amount_kobo")};
  auto bound = bind(naira(), in);
  const auto applied = bound.apply(BatchBuilder(in).finish());
  EXPECT_TRUE(applied.batch.has_array());
  EXPECT_EQ(applied.batch.rows(), 0);
}

}  // namespace
}  // namespace sentinel::stages
