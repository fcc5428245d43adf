// What a field cannot hold ends in an error that names the field, its type and what it was given: never in a value. The
// plugin is a library of its own, built with -O2 -DNDEBUG; what no field can hold does not even compile.
#include "engine/plugins/raw_arrays_for_tests.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/plugins/source_stage.hpp"
#include "engine/plugins/transform_stage.hpp"
#include "plugin_folder.hpp"

#include <gtest/gtest.h>

namespace sentinel::plugins {
namespace {

using config::OptionTree;

// Whether `append(T)` compiles, which a builder alone decides.
template <class T>
concept Compiles = requires(ColumnBuilder column, BatchBuilder batch, const T& value) {
  column.append(value);
  batch.append(value, value);
};
static_assert(Compiles<bool> && Compiles<int> && Compiles<std::int64_t> && Compiles<unsigned long long>);
static_assert(Compiles<std::int8_t> && Compiles<std::uint8_t>, "small numbers, not characters");
static_assert(Compiles<double> && Compiles<Decimal> && Compiles<std::nullptr_t> && Compiles<std::nullopt_t>);
static_assert(Compiles<std::string> && Compiles<std::string_view> && Compiles<const char*> && Compiles<char[4]>);
static_assert(Compiles<std::optional<std::int64_t>> && Compiles<std::optional<std::string>>);
enum class Enumerator { kOne };
static_assert(!Compiles<char> && !Compiles<wchar_t> && !Compiles<char8_t> && !Compiles<char32_t>);
static_assert(!Compiles<float> && !Compiles<long double> && !Compiles<int128> && !Compiles<uint128>);
static_assert(!Compiles<Enumerator> && !Compiles<int*> && !Compiles<void*> && !Compiles<std::vector<int>>);
static_assert(!Compiles<std::optional<char>> && !Compiles<std::optional<float>>);
static_assert(!Compiles<Result<std::int64_t>>, "an error is no null");

// What the appends of one type take: that type, and of the integers those that widen without loss.
template <class T>
concept AppendsBool = requires(ColumnBuilder column, const T& value) {
  column.append_bool(value);
};
template <class T>
concept AppendsInt64 = requires(ColumnBuilder column, const T& value) {
  column.append_int64(value);
};
template <class T>
concept AppendsFloat64 = requires(ColumnBuilder column, const T& value) {
  column.append_float64(value);
};
template <class T>
concept AppendsDate = requires(ColumnBuilder column, const T& value) {
  column.append_date(value);
};
template <class T>
concept AppendsDecimal = requires(ColumnBuilder column, const T& value) {
  column.append_decimal(value);
};
static_assert(AppendsBool<bool>);
static_assert(!AppendsBool<int> && !AppendsBool<double> && !AppendsBool<const char*> && !AppendsBool<std::int64_t>);
static_assert(AppendsInt64<std::int64_t> && AppendsInt64<long long> && AppendsInt64<int> && AppendsInt64<std::int8_t>);
static_assert(AppendsInt64<std::uint8_t> && AppendsInt64<std::uint32_t>);
static_assert(!AppendsInt64<double> && !AppendsInt64<float> && !AppendsInt64<bool> && !AppendsInt64<char>);
static_assert(!AppendsInt64<std::uint64_t> && !AppendsInt64<int128> && !AppendsInt64<Decimal>);
static_assert(!AppendsInt64<Enumerator>);
static_assert(AppendsFloat64<double>);
static_assert(!AppendsFloat64<std::int64_t> && !AppendsFloat64<int> && !AppendsFloat64<bool>, "2^53 + 1 is no double");
static_assert(!AppendsFloat64<float> && !AppendsFloat64<long double> && !AppendsFloat64<Decimal>);
static_assert(AppendsDate<std::int32_t> && AppendsDate<std::int16_t> && AppendsDate<std::uint16_t>);
static_assert(!AppendsDate<std::int64_t> && !AppendsDate<std::uint32_t> && !AppendsDate<double> && !AppendsDate<bool>);
static_assert(AppendsDecimal<int128> && AppendsDecimal<Decimal>);
static_assert(!AppendsDecimal<double> && !AppendsDecimal<int> && !AppendsDecimal<std::int64_t>, "of which scale?");
static_assert(!AppendsDecimal<uint128> && !AppendsDecimal<bool>);

class HostileAppend : public testing::Test {
 protected:
  Result<SourcePage> read(const std::string& how) {
    const auto component = registry_.find(SENTINEL_KIND_SOURCE, "append");
    if (!component) return component.error();
    SENTINEL_ASSIGN(source_,
                    SourceStage::open(**component, quiet_host(), OptionTree::map({{"how", OptionTree::text(how)}})));
    if (const auto schema = source_->schema(); !schema) return schema.error();
    return source_->read("", 10, 1 << 20);
  }
  std::string refusal(const std::string& how) {
    const auto page = read(how);
    if (page) return "accepted " + std::to_string(page->batch.rows()) + " rows";
    EXPECT_EQ(page.error().code(), Code::kInternal) << how;
    return page.error().message();
  }
  Registry registry_{{built("hostile").parent_path()}, {}};
  std::unique_ptr<SourceStage> source_;
};

TEST_F(HostileAppend, EachWrongValueIsANamedError) {
  const std::string kobo = "field \"kobo\" (int64) was given ", naira = "field \"naira\" (decimal(10,2)) was given ",
                    ref = "field \"ref\" (utf8, never null) was given ", first = " at row 0 of the batch";
  const std::pair<const char*, std::string> ways[] = {
      {"double_money", kobo + "a double" + first},
      {"double_decimal", naira + "a double" + first},
      {"double_bool", "field \"public\" (bool) was given a double" + first},
      {"double_day", "field \"day\" (date) was given a double" + first},
      {"integer_decimal", naira + "an integer" + first},
      {"integer_float", "field \"ratio\" (float64) was given an integer" + first},
      {"integer_text", ref + "an integer" + first},
      {"decimal_money", kobo + "a decimal" + first},
      {"decimal_scale", naira + "a decimal of scale 4" + first},
      {"bool_money", kobo + "a bool" + first},
      {"text_money", kobo + "a text" + first},
      {"large_unsigned", kobo + "an integer above the largest int64" + first},
      {"large_day", "field \"day\" (date) was given an integer outside the range of dates" + first},
      {"null_key", ref + "a null" + first},
      {"empty_optional_key", ref + "a null" + first},
      {"null_pointer", ref + "a null pointer for a text" + first},
      {"few_values", "record 0 of the batch was given 2 values for 6 fields"},
      {"short_column", "column 1 of the batch has 0 values, and column 0 has 1"},
      {"no_column", "threw: column 6 of a batch of 6 fields"},
      {"second_row", kobo + "a double at row 1 of the batch"},
  };
  for (const auto& [how, message] : ways) EXPECT_EQ(refusal(how), "source append: " + message) << how;
}

TEST_F(HostileAppend, GoodValuesCross) {
  const auto page = read("good");
  ASSERT_TRUE(page) << page.error().message();
  const auto schema = source_->schema();
  ASSERT_TRUE(schema);
  const auto view = page->batch.view(*schema);
  ASSERT_EQ(view.rows(), 2);
  EXPECT_EQ(view.column(1).int64(0), 1250);
  EXPECT_EQ(view.column(2).decimal(0).to_string(), "12.50");
  for (std::size_t i = 1; i < 6; ++i) EXPECT_TRUE(view.column(i).is_null(1)) << i;
}

TEST_F(HostileAppend, AColumnOfATransformIsCheckedToo) {
  const auto loaded = registry_.load(built("hostile", "append"));
  ASSERT_TRUE(loaded) << loaded.error().message();
  const auto found = registry_.find(SENTINEL_KIND_TRANSFORM, "append");
  ASSERT_TRUE(found) << found.error().message();
  auto transform = TransformStage::open(**found, quiet_host(), {});
  ASSERT_TRUE(transform);
  const Schema schema{money("kobo", "NGN", 2)};
  ASSERT_TRUE((*transform)->bind(schema));
  BatchBuilder batch(schema);
  batch.append(1);
  const auto applied = (*transform)->apply(batch.finish());
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().message(),
            "transform append: field \"kobo\" (int64) was given a double at row 0 of the batch");
}

TEST(AppendFault, TheEnginesOwnFaultyBatchGoesNoFurther) {
  const Schema schema{int64("n")};
  BatchBuilder builder(schema);
  builder.append(0.5);
  EXPECT_FALSE(builder.fault().ok());
  auto batch = builder.finish();
  EXPECT_EQ(batch.rows(), 0);
  EXPECT_EQ(batch.fault().message(), "field \"n\" (int64) was given a double at row 0 of the batch");
  auto moved = std::move(batch);
  EXPECT_FALSE(moved.fault().ok());
  builder.append(1);
  EXPECT_TRUE(builder.finish().fault().ok()) << "the builder starts anew";
}

TEST(AppendFault, SelectedRowsCarryTheFaultOfTheirBatch) {
  const Schema schema{int64("n"), utf8("ref").key()};
  BatchBuilder builder(schema);
  builder.append(0.5, "a");
  const auto faulty = builder.finish();
  const std::vector<std::int64_t> first{0};
  const auto selected = select_rows(faulty.view(schema), first);
  EXPECT_EQ(selected.rows(), 0);
  EXPECT_EQ(selected.array().n_children, 2);
  EXPECT_EQ(selected.fault().message(), faulty.fault().message());
  EXPECT_EQ(select_rows(selected.view(schema), {}).fault().message(), faulty.fault().message());
  builder.append(1, "b");
  EXPECT_TRUE(select_rows(builder.finish().view(schema), first).fault().ok());
  EXPECT_TRUE(BatchView(faulty.array(), schema).fault().ok()) << "a bare array has none";
}

TEST(AppendFault, ABatchOfLentColumnsCarriesTheFaultOfTheirOwner) {
  const Schema schema{int64("n")};
  BatchBuilder builder(schema);
  builder.append(1, 2);
  auto faulty = builder.finish();
  ASSERT_FALSE(faulty.fault().ok());
  std::vector<ArrowArray> columns{faulty.take_column(0)};
  const auto lent = assemble(3, std::move(columns), faulty.fault());
  EXPECT_EQ(lent.rows(), 0);
  EXPECT_EQ(lent.fault().message(), faulty.fault().message());
}

TEST(AppendFault, NothingOfAFaultyColumnIsLeftToBeRead) {
  ColumnBuilder column(decimal("d", 10, 2));
  column.append(Decimal{1, 2});
  column.append(Decimal{1, 3});
  auto array = column.finish();
  EXPECT_EQ(array.length, 2);
  EXPECT_EQ(array.n_buffers, 0) << "a host that looks for the buffers refuses the column";
  array.release(&array);
}

TEST(AppendFault, ColumnsOfOtherTypesAreNotCopied) {
  BatchBuilder from(Schema{decimal("d", 10, 2)});
  from.append(Decimal{1, 2});
  const auto batch = from.finish();
  const Schema schema{decimal("d", 10, 2)};
  ColumnBuilder other(decimal("d", 10, 3)), number(int64("n"));
  other.append_from(batch.view(schema).column(0), 0);
  number.append_from(batch.view(schema).column(0), 0);
  EXPECT_EQ(other.fault().message(),
            "field \"d\" (decimal(10,3)) was given a decimal of scale 2 at row 0 of the batch");
  EXPECT_EQ(number.fault().message(),
            "field \"n\" (int64) was given a value of a column of type decimal at row 0 of the batch");
}

}  // namespace
}  // namespace sentinel::plugins
