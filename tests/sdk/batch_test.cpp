// Batches against a plain model of them: random values and nulls, every length around the byte borders of the bitmaps,
// any offset.
#include <sentinel/batch.hpp>

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace sentinel {
namespace {

const Schema kSchema{boolean("flag"), int64("number"), float64("share"), utf8("text"),
                     binary("bytes"), date("day"),     timestamp("at"),  decimal("amount", 20, 2)};

struct Record {
  std::array<bool, 8> null{};
  bool flag = false;
  std::int64_t number = 0;
  double share = 0;
  std::string text, bytes;
  std::int32_t day = 0;
  std::int64_t at = 0;
  Decimal amount{0, 2};
};

Record random_record(std::mt19937_64& random, unsigned nulls_in_ten) {
  Record record;
  for (auto& null : record.null) null = random() % 10 < nulls_in_ten;
  record.flag = random() % 2 != 0;
  record.number = static_cast<std::int64_t>(random());
  record.share = static_cast<double>(random() % 1000) / 8;
  record.text = std::string(random() % 5, 'x') + (random() % 2 ? "₦" : "");
  record.bytes = std::string(random() % 9, static_cast<char>(random()));
  record.day = static_cast<std::int32_t>(random());
  record.at = static_cast<std::int64_t>(random());
  record.amount.unscaled = static_cast<std::int64_t>(random());
  return record;
}

void append(BatchBuilder& builder, const Record& record) {
  const auto put = [&](std::size_t i, const auto& value) {
    if (record.null[i])
      builder.column(i).append_null();
    else
      builder.column(i).append(value);
  };
  put(0, record.flag);
  put(1, record.number);
  put(2, record.share);
  put(3, record.text);
  put(4, record.bytes);
  put(5, record.day);
  put(6, record.at);
  put(7, record.amount);
}

void expect_record(const BatchView& view, std::int64_t row, const Record& record) {
  for (std::size_t i = 0; i < 8; ++i)
    ASSERT_EQ(view.column(i).is_null(row), record.null[i]) << "row " << row << " column " << i;
  if (!record.null[0]) {
    ASSERT_EQ(view.column(0).boolean(row), record.flag);
  }
  if (!record.null[1]) {
    ASSERT_EQ(view.column(1).int64(row), record.number);
  }
  if (!record.null[2]) {
    ASSERT_EQ(view.column(2).float64(row), record.share);
  }
  if (!record.null[3]) {
    ASSERT_EQ(view.column(3).text(row), record.text);
  }
  if (!record.null[4]) {
    ASSERT_EQ(view.column(4).text(row), record.bytes);
  }
  if (!record.null[5]) {
    ASSERT_EQ(view.column(5).date(row), record.day);
  }
  if (!record.null[6]) {
    ASSERT_EQ(view.column(6).timestamp(row), record.at);
  }
  if (!record.null[7]) {
    ASSERT_TRUE(view.column(7).decimal(row) == record.amount);
  }
}

class BatchTest : public testing::Test {
 protected:
  Batch build(std::size_t rows, unsigned nulls_in_ten) {
    records_.clear();
    BatchBuilder builder(kSchema);
    for (std::size_t i = 0; i < rows; ++i) append(builder, records_.emplace_back(random_record(random_, nulls_in_ten)));
    return builder.finish();
  }
  const unsigned seed_ = std::random_device{}();
  testing::ScopedTrace trace_{__FILE__, __LINE__, "seed " + std::to_string(seed_)};
  std::mt19937_64 random_{seed_};
  std::vector<Record> records_;
};

TEST_F(BatchTest, GivesBackWhatWasPutInAtEveryLength) {
  for (std::size_t rows = 0; rows <= 70; ++rows)
    for (const unsigned nulls : {0u, 1u, 5u, 10u}) {
      const auto batch = build(rows, nulls);
      ASSERT_EQ(batch.rows(), static_cast<std::int64_t>(rows));
      for (std::size_t i = 0; i < rows; ++i)
        expect_record(batch.view(kSchema), static_cast<std::int64_t>(i), records_[i]);
    }
}

TEST_F(BatchTest, FirstNullMayStandAnywhere) {
  for (std::int64_t rows = 1; rows <= 40; ++rows)
    for (std::int64_t null_at = 0; null_at < rows; ++null_at) {
      ColumnBuilder builder(int64("n"));
      for (std::int64_t i = 0; i < rows; ++i) i == null_at ? builder.append_null() : builder.append_int64(i);
      std::vector<ArrowArray> columns{builder.finish()};
      EXPECT_EQ(columns[0].null_count, 1);
      const auto batch = assemble(rows, std::move(columns));
      const Schema schema{int64("n")};
      for (std::int64_t i = 0; i < rows; ++i) {
        ASSERT_EQ(batch.view(schema).column(0).is_null(i), i == null_at) << rows << " rows";
        if (i != null_at) {
          ASSERT_EQ(batch.view(schema).column(0).int64(i), i);
        }
      }
    }
}

TEST_F(BatchTest, HonoursOffsetsOfBatchAndColumns) {
  for (std::int64_t offset = 0; offset <= 17; ++offset) {
    const auto batch = build(40, 3);
    auto shifted = batch.array();  // borrowed, never released
    shifted.offset = offset;
    shifted.length = 40 - offset;
    for (std::int64_t i = 0; i < shifted.length; ++i)
      expect_record(BatchView(shifted, kSchema), i, records_[static_cast<std::size_t>(i + offset)]);
  }
}

TEST_F(BatchTest, TakenColumnsStandAlone) {
  for (const std::int64_t offset : {0, 1, 7, 8, 9}) {
    auto owner = build(30, 3);
    auto array = owner.release();
    array.offset = offset;
    array.length = 30 - offset;
    Batch batch(array);
    std::vector<ArrowArray> columns;
    for (std::size_t i = 0; i < kSchema.size(); ++i) columns.push_back(batch.take_column(i));
    batch = Batch();
    const auto again = assemble(30 - offset, std::move(columns));
    for (std::int64_t i = 0; i < again.rows(); ++i)
      expect_record(again.view(kSchema), i, records_[static_cast<std::size_t>(i + offset)]);
  }
}

TEST_F(BatchTest, ColumnsLeftBehindAreReleasedWithTheBatch) {
  auto batch = build(10, 3);
  auto column = batch.take_column(3);
  batch = Batch();
  const auto alone = assemble(10, {column});
  const Schema schema{utf8("text")};
  for (std::int64_t i = 0; i < 10; ++i)
    if (const auto& record = records_[static_cast<std::size_t>(i)]; !record.null[3]) {
      EXPECT_EQ(alone.view(schema).column(0).text(i), record.text);
    }
}

TEST_F(BatchTest, SelectsRowsInAnyOrder) {
  const auto batch = build(50, 4);
  std::vector<std::int64_t> rows(50);
  std::iota(rows.begin(), rows.end(), 0);
  std::shuffle(rows.begin(), rows.end(), random_);
  rows.resize(23);
  rows.push_back(rows.front());
  const auto selected = select_rows(batch.view(kSchema), rows);
  ASSERT_EQ(selected.rows(), 24);
  for (std::size_t i = 0; i < rows.size(); ++i)
    expect_record(selected.view(kSchema), static_cast<std::int64_t>(i), records_[static_cast<std::size_t>(rows[i])]);
  EXPECT_EQ(select_rows(batch.view(kSchema), {}).rows(), 0);
}

TEST_F(BatchTest, BuilderStartsAnewAfterFinish) {
  const Schema schema{utf8("text")};
  BatchBuilder builder(schema);
  builder.append("first");
  builder.append(nullptr);
  const auto first = builder.finish();
  builder.append(std::optional<std::string>("second"));
  EXPECT_GT(builder.bytes(), 0);
  const auto second = builder.finish();
  EXPECT_EQ(first.rows(), 2);
  EXPECT_EQ(second.rows(), 1);
  EXPECT_EQ(second.view(schema).column(0).text(0), "second");
  EXPECT_FALSE(second.view(schema).column(0).is_null(0));
  EXPECT_FALSE(Batch().has_array());
}

}  // namespace
}  // namespace sentinel
