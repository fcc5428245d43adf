// What crosses untouched, what is converted, and every lie that the Arrow structs can show.
#include "engine/plugins/normalise.hpp"
#include "engine/plugins/raw_arrays_for_tests.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <functional>
#include <limits>

namespace sentinel::plugins {
namespace {

class NormaliseTest : public ReleaseTest {
 protected:
  Result<Batch> cross(const RawBatch& raw) {
    auto declared = raw.schema();
    auto schema = normalised_schema(declared);
    if (!schema) {
      declared.release(&declared);
      return std::move(schema).error();
    }
    schema_ = *schema;
    auto batch = normalise(raw.array(), declared, schema_);
    declared.release(&declared);
    return batch;
  }
  std::string refusal(const RawBatch& raw) {
    auto batch = cross(raw);
    if (batch) return "accepted";
    EXPECT_EQ(batch.error().code(), Code::kInternal);
    return batch.error().message();
  }
  ColumnView column(const Batch& batch) { return batch.view(schema_).column(0); }
  Schema schema_;
};

RawColumn raw_text(std::initializer_list<std::int32_t> offsets, std::string_view bytes) {
  RawColumn column;
  column.name = "email";
  column.format = "u";
  column.length = static_cast<std::int64_t>(offsets.size()) - 1;
  column.buffers = {std::nullopt, bytes_of(offsets), bytes_of(bytes)};
  return column;
}

TEST_F(NormaliseTest, PassesTheSameBuffersOnWithoutACopy) {
  auto raw = raw_batch(raw_int64({1, 2, 3}));
  auto declared = raw.schema();
  auto array = raw.array();
  const auto* values = array.children[0]->buffers[1];
  auto schema = normalised_schema(declared);
  ASSERT_TRUE(schema);
  auto batch = normalise(array, declared, *schema);
  ASSERT_TRUE(batch) << batch.error().message();
  EXPECT_EQ(batch->array().children[0]->buffers[1], values);
  EXPECT_EQ(batch->view(*schema).column(0).int64(2), 3);
  declared.release(&declared);
}

TEST_F(NormaliseTest, HonoursOffsetsOfStructAndColumn) {
  auto column = raw_int64({9, 9, 9, 10, 11, 12});
  column.offset = 1;
  column.length = 5;
  column.null_count = -1;
  column.buffers[0] = Bytes{0b00101111};  // row 4 of the buffer is null
  RawBatch raw;
  raw.offset = 2;
  raw.length = 3;
  raw.columns.push_back(column);
  auto batch = cross(raw);
  ASSERT_TRUE(batch) << batch.error().message();
  EXPECT_EQ(this->column(*batch).int64(0), 10);
  EXPECT_TRUE(this->column(*batch).is_null(1));
  EXPECT_EQ(this->column(*batch).int64(2), 12);
}

TEST_F(NormaliseTest, ConvertsSmallIntegersAndFloats) {
  const auto value = [&](const std::string& format, Bytes bytes) {
    RawColumn column;
    column.format = format;
    column.length = 2;
    column.null_count = -1;
    column.buffers = {Bytes{0b01}, std::move(bytes)};
    auto batch = cross(raw_batch(column));
    EXPECT_TRUE(batch) << format;
    EXPECT_TRUE(this->column(*batch).is_null(1));
    return schema_[0].type == Type::kFloat64 ? this->column(*batch).float64(0)
                                             : static_cast<double>(this->column(*batch).int64(0));
  };
  EXPECT_EQ(value("c", bytes_of<std::int8_t>({-128, 0})), -128);
  EXPECT_EQ(value("C", bytes_of<std::uint8_t>({255, 0})), 255);
  EXPECT_EQ(value("s", bytes_of<std::int16_t>({-32768, 0})), -32768);
  EXPECT_EQ(value("S", bytes_of<std::uint16_t>({65535, 0})), 65535);
  EXPECT_EQ(value("i", bytes_of<std::int32_t>({std::numeric_limits<std::int32_t>::min(), 0})), -2147483648.0);
  EXPECT_EQ(value("I", bytes_of<std::uint32_t>({4294967295u, 0})), 4294967295.0);
  EXPECT_EQ(value("f", bytes_of<float>({0.5f, 0})), 0.5);
}

TEST_F(NormaliseTest, ConvertsLargeTextBesideAPlainColumn) {
  RawColumn text;
  text.name = "email";
  text.format = "U";
  text.length = 3;
  text.offset = 1;
  text.buffers = {std::nullopt, bytes_of<std::int64_t>({0, 1, 3, 3, 8}), bytes_of("xab₦yz")};
  RawBatch raw = raw_batch(raw_int64({7, 8, 9}));
  raw.columns.push_back(text);
  auto batch = cross(raw);
  ASSERT_TRUE(batch) << batch.error().message();
  EXPECT_EQ(schema_[1].type, Type::kUtf8);
  EXPECT_EQ(batch->view(schema_).column(1).text(0), "ab");
  EXPECT_EQ(batch->view(schema_).column(1).text(1), "");
  EXPECT_EQ(batch->view(schema_).column(1).text(2), "₦yz");
  EXPECT_EQ(batch->view(schema_).column(0).int64(2), 9);
  raw.columns[1].format = "Z";
  raw.columns[1].buffers[2] = bytes_of("xab\xff\xfeyzq");
  batch = cross(raw);
  ASSERT_TRUE(batch);
  EXPECT_EQ(schema_[1].type, Type::kBinary);
}

TEST_F(NormaliseTest, AColumnBeyond2GiBIsAnErrorAndNoEmptyPage) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  constexpr auto kSize = static_cast<std::size_t>(kMost) + 1;
  // Address space only: of bytes that are not checked to be UTF-8, nothing is read before the refusal but the first.
  auto* pages = mmap(nullptr, kSize, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  RawColumn bytes;
  bytes.name = "photo";
  bytes.format = "Z";
  bytes.length = 2;
  bytes.buffers = {std::nullopt, bytes_of<std::int64_t>({0, 1, kMost + 1}), Bytes{}};
  const auto raw = raw_batch(bytes);
  auto declared = raw.schema();
  auto array = raw.array();
  array.children[0]->buffers[2] = pages;
  const auto schema = normalised_schema(declared);
  ASSERT_TRUE(schema);
  const auto batch = normalise(array, declared, *schema);
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().code(), Code::kInternal);
  EXPECT_EQ(batch.error().message(),
            "field \"photo\" (binary) was given more than 2 GiB of text at row 1 of the batch");
  declared.release(&declared);
  munmap(pages, kSize);
}

TEST_F(NormaliseTest, ResolvesDictionaries) {
  auto entries = std::make_shared<RawColumn>(raw_text({0, 3, 6, 6}, "NGNUSD"));
  entries->null_count = 1;
  entries->buffers[0] = Bytes{0b011};
  RawColumn column;
  column.name = "currency";
  column.format = "c";
  column.length = 4;
  column.null_count = 1;
  column.buffers = {Bytes{0b1011}, bytes_of<std::int8_t>({1, 0, 99, 2})};
  column.dictionary = entries;
  auto batch = cross(raw_batch(column));
  ASSERT_TRUE(batch) << batch.error().message();
  EXPECT_EQ(schema_[0].type_text(), "utf8");
  EXPECT_EQ(this->column(*batch).text(0), "USD");
  EXPECT_EQ(this->column(*batch).text(1), "NGN");
  EXPECT_TRUE(this->column(*batch).is_null(2));
  EXPECT_TRUE(this->column(*batch).is_null(3));

  column.null_count = 0;
  column.buffers[0] = std::nullopt;
  EXPECT_EQ(refusal(raw_batch(column)), "field \"currency\": its row 2 names entry 99 of a dictionary of 3");
  column.length = 2;
  entries->buffers[1] = bytes_of<std::int32_t>({0, 3, 2, 2});
  EXPECT_EQ(refusal(raw_batch(column)), "field \"currency\": its offsets fall from 3 to 2 at row 1");
}

TEST_F(NormaliseTest, RefusesFormatsByFieldName) {
  for (const auto* format :
       {"L", "e", "n", "+l", "tsu:", "tsu:Europe/Berlin", "tss:UTC", "tdm", "d:39,2", "d:10,2,256", "vu", "", "w:16"}) {
    auto column = raw_int64({1});
    column.format = format;
    EXPECT_EQ(refusal(raw_batch(column)),
              "field \"amount\": has the Arrow format \"" + std::string(format) + "\", which Sentinel does not carry");
  }
}

TEST_F(NormaliseTest, RefusesSchemasThatAreNone) {
  EXPECT_EQ(refusal({}), "answered a schema without fields");
  auto twice = raw_batch(raw_int64({1}));
  twice.columns.push_back(twice.columns[0]);
  EXPECT_EQ(refusal(twice), "field \"amount\" occurs twice in the schema");
  auto unnamed = raw_batch(raw_int64({1}));
  unnamed.columns[0].name = "";
  EXPECT_EQ(refusal(unnamed), "field 0 of the schema has no name");
  auto odd = raw_batch(raw_int64({1}));
  odd.columns[0].metadata = std::string("\x01\0\0\0\xff\xff\xff\xff", 8);
  EXPECT_EQ(refusal(odd), "answered a schema whose metadata is malformed");
  auto gone = ArrowSchema{};
  EXPECT_EQ(normalised_schema(gone).error().message(), "answered a schema that is already released");
}

struct Lie {
  const char* what;
  std::function<void(RawBatch&)> tell;
  std::string message;
};

TEST_F(NormaliseTest, RefusesWhatTheStructsShowToBeWrong) {
  const std::string amount = "field \"amount\": ";
  const Lie lies[] = {
      {"short column", [](RawBatch& b) { b.columns[0].length = 2; },
       amount + "it holds 2 values where the batch needs 3"},
      {"struct offset beyond", [](RawBatch& b) { b.offset = 1; }, amount + "it holds 3 values where the batch needs 4"},
      {"negative length", [](RawBatch& b) { b.columns[0].length = -1; }, amount + "its length is -1"},
      {"negative batch", [](RawBatch& b) { b.length = -3; }, "its length is -3"},
      {"absurd length", [](RawBatch& b) { b.length = std::numeric_limits<std::int64_t>::max(); },
       "its length is 9223372036854775807"},
      {"negative offset", [](RawBatch& b) { b.columns[0].offset = -8; }, amount + "its offset is -8"},
      {"nulls", [](RawBatch& b) { b.columns[0].null_count = 4; }, amount + "it declares 4 nulls among 3 values"},
      {"null_count -2", [](RawBatch& b) { b.columns[0].null_count = -2; },
       amount + "it declares -2 nulls among 3 values"},
      {"no bitmap", [](RawBatch& b) { b.columns[0].null_count = 1; },
       amount + "it declares 1 nulls but has no validity buffer"},
      {"hidden null", [](RawBatch& b) { b.columns[0].buffers[0] = Bytes{0b101}; },
       amount + "it declares no nulls, but row 1 is null"},
      {"null data", [](RawBatch& b) { b.columns[0].buffers[1] = std::nullopt; }, amount + "its data buffer is null"},
      {"one buffer", [](RawBatch& b) { b.columns[0].buffers.pop_back(); },
       amount + "its array has 1 buffers where its type has 2"},
      {"three buffers", [](RawBatch& b) { b.columns[0].buffers.emplace_back(); },
       amount + "its array has 3 buffers where its type has 2"},
      {"no buffer list", [](RawBatch& b) { b.columns[0].null_buffers = true; },
       amount + "its array has 0 buffers where its type has 2"},
      {"released child", [](RawBatch& b) { b.columns[0].released = true; }, amount + "its array is already released"},
      {"null row",
       [](RawBatch& b) {
         b.validity = Bytes{0b011};
         b.null_count = 1;
       },
       "row 2 is null as a whole"},
      {"null where none may be",
       [](RawBatch& b) {
         b.columns[0].nullable = false;
         b.columns[0].null_count = 1;
         b.columns[0].buffers[0] = Bytes{0b110};
       },
       amount + "it is null in row 0, though the schema says that it never is"},
  };
  for (const auto& lie : lies) {
    auto raw = raw_batch(raw_int64({1, 2, 3}));
    lie.tell(raw);
    EXPECT_EQ(refusal(raw), lie.message) << lie.what;
  }
}

TEST_F(NormaliseTest, RefusesChildrenThatTheSchemaDoesNotHave) {
  const auto raw = raw_batch(raw_int64({1, 2, 3}));
  auto declared = raw.schema();
  const auto schema = *normalised_schema(declared);
  for (const std::int64_t claimed : {0, 2, -1}) {
    auto array = raw.array();
    array.n_children = claimed;
    EXPECT_EQ(normalise(array, declared, schema).error().message(),
              "its array has " + std::to_string(claimed) + " children where the schema has 1");
  }
  auto array = raw.array();
  array.children = nullptr;
  EXPECT_FALSE(normalise(array, declared, schema));
  array = raw.array();
  auto* child = std::exchange(array.children[0], nullptr);
  EXPECT_EQ(normalise(array, declared, schema).error().message(), "field \"amount\": its array is missing");
  (void)child;  // still released by its parent
  EXPECT_EQ(normalise(ArrowArray{}, declared, schema).error().message(), "its array is already released");
  declared.release(&declared);
}

TEST_F(NormaliseTest, RefusesTextThatIsNone) {
  const std::string email = "field \"email\": ";
  EXPECT_EQ(refusal(raw_batch(raw_text({0, 3, 1}, "abc"))), email + "its offsets fall from 3 to 1 at row 1");
  EXPECT_EQ(refusal(raw_batch(raw_text({-1, 3}, "abc"))), email + "its first offset is -1");
  EXPECT_EQ(refusal(raw_batch(raw_text({0, 1, 3}, "a\xff\xfe"))),
            email + "its text in row 1 is not UTF-8; declare it as binary");
  // Valid as a whole, but cut in the middle of a letter.
  EXPECT_EQ(refusal(raw_batch(raw_text({0, 1, 2}, "é"))),
            email + "its text in row 0 is not UTF-8; declare it as binary");
  auto missing = raw_text({0, 3}, "abc");
  missing.buffers[2] = std::nullopt;
  EXPECT_EQ(refusal(raw_batch(missing)), email + "its text buffer is null, though its offsets say 3 bytes");
  auto large = raw_text({0}, "");
  large.format = "U";
  large.length = 1;
  large.buffers[1] = bytes_of<std::int64_t>({0, std::int64_t{1} << 60});
  EXPECT_EQ(refusal(raw_batch(large)), email + "its last offset is 1152921504606846976");
}

TEST_F(NormaliseTest, LooksOnlyAtTheValuesInUse) {
  auto text = raw_text({5, 3, 6, 9, 2},
                       "\xff\xff\xff"
                       "abcdef");  // only rows 1 and 2 are used
  text.offset = 1;
  text.length = 2;
  auto batch = cross(raw_batch(text));
  ASSERT_TRUE(batch) << batch.error().message();
  EXPECT_EQ(column(*batch).text(1), "def");
  auto below_null = raw_text({0, 2, 3},
                             "\xff\xff"
                             "a");
  below_null.null_count = 1;
  below_null.buffers[0] = Bytes{0b10};
  EXPECT_EQ(refusal(raw_batch(below_null)), "accepted");
}

TEST_F(NormaliseTest, RefusesDecimalsBeyondTheirPrecision) {
  RawColumn column;
  column.format = "d:4,2";
  column.length = 2;
  column.buffers = {std::nullopt, bytes_of<int128>({9999, -9999})};
  EXPECT_EQ(refusal(raw_batch(column)), "accepted");
  column.buffers[1] = bytes_of<int128>({9999, -10000});
  EXPECT_EQ(refusal(raw_batch(column)), "field \"amount\": its decimal in row 1 has more than the declared 4 digits");
}

TEST_F(NormaliseTest, TakesABatchWithoutRows) {
  auto column = raw_text({}, "");
  column.length = 0;
  column.buffers = {std::nullopt, std::nullopt, std::nullopt};
  EXPECT_EQ(refusal(raw_batch(column)), "accepted");
  column.format = "U";
  EXPECT_EQ(refusal(raw_batch(column)), "accepted");
}

}  // namespace
}  // namespace sentinel::plugins
