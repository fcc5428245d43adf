// Are our batches true Arrow? A reader that we did not write says what is in them: DuckDB, through its C interface.
//
// SENTINEL_TEST_DUCKDB is the path of libduckdb.so; npm's package @duckdb/node-bindings-linux-x64 holds one. Its 70 MB
// are why this test is not part of each run: ctest -L external.
#include <sentinel/batch.hpp>
#include <sentinel/text.hpp>

#include <gtest/gtest.h>

#include <dlfcn.h>

#include <cstdlib>
#include <random>

extern "C" {
// The Arrow C stream interface.
struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema* out);
  int (*get_next)(ArrowArrayStream*, ArrowArray* out);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};
// Of duckdb.h, what is called here.
struct duckdb_result {
  std::uint64_t columns, rows, changed;
  void* column_data;
  char* error;
  void* internal;
};
}

namespace sentinel::conformance {
namespace {

// One batch as a stream.
struct OneBatch {
  const Schema& schema;
  ArrowArray array;
  bool was_released = false;
  ArrowArrayStream stream{};

  OneBatch(const Schema& fields, Batch batch) : schema(fields), array(batch.release()) {
    stream.private_data = this;
    stream.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
      export_schema(static_cast<OneBatch*>(self->private_data)->schema, out);
      return 0;
    };
    stream.get_next = [](ArrowArrayStream* self, ArrowArray* out) {
      *out = std::exchange(static_cast<OneBatch*>(self->private_data)->array, ArrowArray{});
      return 0;
    };
    stream.get_last_error = [](ArrowArrayStream*) -> const char* { return nullptr; };
    stream.release = [](ArrowArrayStream* self) {
      static_cast<OneBatch*>(self->private_data)->was_released = true;
      self->release = nullptr;
    };
  }
};

class DuckDb {
 public:
  DuckDb() {
    const char* path = std::getenv("SENTINEL_TEST_DUCKDB");
    library_ = dlopen(path == nullptr ? "libduckdb.so" : path, RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr)
      throw std::runtime_error(std::string("SENTINEL_TEST_DUCKDB names no libduckdb.so: ") + dlerror());
    call<int(const char*, void**)>("duckdb_open")(nullptr, &database_);
    call<int(void*, void**)>("duckdb_connect")(database_, &connection_);
  }
  ~DuckDb() {
    call<void(void**)>("duckdb_disconnect")(&connection_);
    call<void(void**)>("duckdb_close")(&database_);
  }
  DuckDb(const DuckDb&) = delete;
  DuckDb& operator=(const DuckDb&) = delete;

  // The rows of `select` over the view "batch"; nothing for null.
  std::vector<std::vector<std::optional<std::string>>> read(OneBatch& batch, const std::string& select) {
    if (call<int(void*, const char*, ArrowArrayStream*)>("duckdb_arrow_scan")(connection_, "batch", &batch.stream) != 0)
      throw std::runtime_error("duckdb_arrow_scan refused the batch");
    duckdb_result result{};
    if (call<int(void*, const char*, duckdb_result*)>("duckdb_query")(connection_, select.c_str(), &result) != 0)
      throw std::runtime_error(call<const char*(duckdb_result*)>("duckdb_result_error")(&result));
    std::vector<std::vector<std::optional<std::string>>> rows(
        call<std::uint64_t(duckdb_result*)>("duckdb_row_count")(&result));
    for (std::uint64_t row = 0; row < rows.size(); ++row)
      for (std::uint64_t column = 0; column < kColumns; ++column) rows[row].push_back(value(result, column, row));
    call<void(duckdb_result*)>("duckdb_destroy_result")(&result);
    return rows;
  }

  static constexpr std::uint64_t kColumns = 9;

 private:
  template <class Function>
  Function* call(const char* name) const {
    return reinterpret_cast<Function*>(dlsym(library_, name));
  }
  std::optional<std::string> value(duckdb_result& result, std::uint64_t column, std::uint64_t row) const {
    char* text =
        call<char*(duckdb_result*, std::uint64_t, std::uint64_t)>("duckdb_value_varchar")(&result, column, row);
    if (text == nullptr) return std::nullopt;
    std::string copy(text);
    call<void(void*)>("duckdb_free")(text);
    return copy;
  }

  void* library_ = nullptr;
  void* database_ = nullptr;
  void* connection_ = nullptr;
};

const Schema kSchema{boolean("flag"), int64("number"),          float64("share"),
                     utf8("text"),    binary("bytes"),          date("day"),
                     timestamp("at"), decimal("amount", 20, 2), decimal("wide", 38, 10)};
constexpr const char* kSelect =
    "SELECT CAST(flag AS INTEGER), number, CAST(share * 8 AS BIGINT), text, lower(hex(bytes)), day - DATE "
    "'1970-01-01', "
    "epoch_us(\"at\"), amount, wide FROM batch";

using Texts = std::vector<std::vector<std::optional<std::string>>>;

// Appends one random row to the builder, and its values as DuckDB prints them.
void append_random(BatchBuilder& builder, Texts& wanted, std::mt19937_64& random) {
  const auto small = [&] { return static_cast<std::int64_t>(random() >> 12) - (std::int64_t{1} << 51); };
  const bool flag = random() % 2 != 0;
  const auto number = static_cast<std::int64_t>(random());
  const auto eighths = static_cast<std::int64_t>(random() % 8000);
  const std::string text = random() % 3 != 0 ? "Zoë ₦" + std::to_string(random()) : "";
  const std::string bytes(random() % 20, static_cast<char>(random()));
  const auto day = static_cast<std::int32_t>(random() % 60000) - 20000;
  const auto at = small();
  const Decimal amount{small(), 2}, wide{int128{small()} * 1'000'000'007, 10};
  auto& row = wanted.emplace_back();
  row = {flag ? "1" : "0",   std::to_string(number), std::to_string(eighths), text, to_hex(bytes), std::to_string(day),
         std::to_string(at), amount.to_string(),     wide.to_string()};
  for (auto& value : row)
    if (random() % 4 == 0) value.reset();
  const auto put = [&](std::size_t i, auto append) {
    row[i] ? append(builder.column(i)) : builder.column(i).append_null();
  };
  put(0, [&](ColumnBuilder& column) { column.append_bool(flag); });
  put(1, [&](ColumnBuilder& column) { column.append_int64(number); });
  put(2, [&](ColumnBuilder& column) { column.append_float64(static_cast<double>(eighths) / 8); });
  put(3, [&](ColumnBuilder& column) { column.append_text(text); });
  put(4, [&](ColumnBuilder& column) { column.append_text(bytes); });
  put(5, [&](ColumnBuilder& column) { column.append_date(day); });
  put(6, [&](ColumnBuilder& column) { column.append_int64(at); });
  put(7, [&](ColumnBuilder& column) { column.append_decimal(amount.unscaled); });
  put(8, [&](ColumnBuilder& column) { column.append_decimal(wide.unscaled); });
}

// As a transform passes columns on: the offset of the struct moves into each.
Batch without_first(Batch batch, std::int64_t skipped) {
  auto array = batch.release();
  array.offset += skipped;
  array.length -= skipped;
  Batch rest(array);
  const auto rows = rest.rows();
  std::vector<ArrowArray> columns;
  for (std::size_t i = 0; i < kSchema.size(); ++i) columns.push_back(rest.take_column(i));
  return assemble(rows, std::move(columns));
}

TEST(ArrowReader, ReadsEveryTypeNullAndOffsetOfOurBatches) {
  DuckDb duckdb;
  std::mt19937_64 random(20250701);
  for (const std::int64_t skipped : {0, 1, 7, 8, 13}) {
    BatchBuilder builder(kSchema);
    Texts wanted;
    for (int i = 0; i < 3000; ++i) append_random(builder, wanted, random);
    OneBatch batch(kSchema, without_first(builder.finish(), skipped));
    wanted.erase(wanted.begin(), wanted.begin() + skipped);
    EXPECT_EQ(duckdb.read(batch, kSelect), wanted) << "after an offset of " << skipped;
  }
}

TEST(ArrowReader, ReadsABatchWithoutRows) {
  DuckDb duckdb;
  OneBatch batch(kSchema, BatchBuilder(kSchema).finish());
  EXPECT_TRUE(duckdb.read(batch, kSelect).empty());
}

}  // namespace
}  // namespace sentinel::conformance
