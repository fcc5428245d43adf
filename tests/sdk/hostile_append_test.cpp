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
      {"large_day", "field \"day\" (date) was given an integer that is no day of its range" + first},
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
  const BatchView view = moved.view(schema);
  EXPECT_EQ(select_rows(view, {}).rows(), 0);
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
