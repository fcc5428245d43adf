// What a comparison reads back: every type as it was landed, in key order, page by page; and the database's own sums.
#include "target.hpp"

#include <sentinel/source.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sentinel::sql_sink::test {
namespace {

class Comparison : public TargetTest {
 protected:
  static Rejects no_rejects() {
    static sentinel_read_request request = [] {
      sentinel_read_request made{};
      made.struct_size = sizeof made;
      made.reject = [](void*, const sentinel_source_reject* reject) noexcept {
        ADD_FAILURE() << "rejected " << from_text(reject->key);
      };
      return made;
    }();
    return Rejects(&request);
  }
  static std::string cell(const ColumnView& column, std::int64_t row) {
    if (column.is_null(row)) return "-";
    switch (column.type()) {
      case Type::kBool: return column.boolean(row) ? "true" : "false";
      case Type::kFloat64: return fmt::format("{:a}", column.float64(row));
      case Type::kDate: return std::to_string(column.date(row));
      case Type::kDecimal: return column.decimal(row).to_string();
      case Type::kUtf8:
      case Type::kBinary: return std::string(column.text(row));
      default: return std::to_string(column.int64(row));
    }
  }
  static std::vector<std::string> cells(const Batch& batch, const Schema& schema) {
    std::vector<std::string> lines;
    const auto view = batch.view(schema);
    for (std::int64_t row = 0; row < view.rows(); ++row) {
      auto& line = lines.emplace_back();
      for (std::size_t i = 0; i < schema.size(); ++i) line += cell(view.column(i), row) + "|";
    }
    return lines;
  }
  static std::vector<std::string> scan_all(SqlSink& sink, const Schema& schema, std::int64_t rows) {
    std::vector<std::string> lines;
    Cursor cursor;
    for (bool done = false; !done;) {
      auto rejects = no_rejects();
      const auto page = sink.scan(cursor, {rows, 1 << 20}, rejects);
      EXPECT_TRUE(page) << page.error().message();
      if (!page) break;
      for (auto& line : cells(page->batch, schema)) lines.push_back(std::move(line));
      cursor = page->next;
      done = page->done;
    }
    return lines;
  }
};

TEST_P(Comparison, EveryTypeComesBackAsItWasLanded) {
  const Schema schema{int64("n").key(), boolean("b"),    float64("f"),        utf8("t"), binary("z"),
                      date("d"),        timestamp("at"), decimal("m", 38, 4), json("j"), money("kobo", "NGN", 2)};
  auto sink = ready_sink(schema, {"n"});
  BatchBuilder builder(schema);
  builder.append(INT64_MIN, true, 0.1, "quote ' \" \\ {a,b} NULL \u20a6", std::string("a\x00\xff", 3), -1,
                 std::int64_t{-1}, Decimal{static_cast<int128>(1) << 120, 4}, R"({"a": [1, "x"]})", INT64_MAX);
  builder.append(0, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  builder.append(INT64_MAX, false, -1e300, "", "", 0, std::int64_t{0}, Decimal{-1, 4}, "null", INT64_MIN);
  const auto batch = builder.finish();
  ASSERT_EQ(land(*sink, schema, batch).count(Outcome::kInserted), 3u);
  const auto stored = sink->as_stored(batch.view(schema));
  ASSERT_TRUE(stored) << stored.error().message();
  EXPECT_EQ(scan_all(*sink, schema, 2), cells(*stored, schema));
  EXPECT_EQ(cells(*stored, schema), cells(batch, schema));
}

TEST_P(Comparison, SeveralKeysArePagedInOrder) {
  const Schema schema{utf8("site").key(), decimal("no", 10, 2).key(), int64("kobo")};
  auto sink = ready_sink(schema, {"site", "no"});
  BatchBuilder builder(schema);
  for (const char* site : {"a", "b", "c"})
    for (int i = 0; i < 7; ++i) builder.append(site, Decimal{100 + i * 50, 2}, i);
  const auto batch = builder.finish();
  ASSERT_EQ(land(*sink, schema, batch).count(Outcome::kInserted), 21u);
  for (const std::int64_t rows : {1, 4, 7, 100}) EXPECT_EQ(scan_all(*sink, schema, rows), cells(batch, schema)) << rows;
  const auto keys = sink->key_fields();
  ASSERT_TRUE(keys);
  EXPECT_EQ(*keys, (std::vector<std::string>{"site", "no"}));
}

TEST_P(Comparison, RowsAreFoundByTheirKeys) {
  const Schema schema{utf8("ref").key(), int64("kobo")}, key{utf8("ref").key()};
  auto sink = ready_sink(schema, {"ref"});
  BatchBuilder builder(schema);
  for (int i = 0; i < 1200; ++i) builder.append(fmt::format("R{}", i), i);
  land(*sink, schema, builder.finish());
  BatchBuilder wanted(key);
  for (const char* ref : {"R7", "nobody", "R1199"}) wanted.append(ref);
  const auto keys = wanted.finish();
  const auto rows = sink->read_back(keys.array());
  ASSERT_TRUE(rows) << rows.error().message();
  auto lines = cells(*rows, schema);
  std::ranges::sort(lines);
  EXPECT_EQ(lines, (std::vector<std::string>{"R1199|1199|", "R7|7|"}));
}

TEST_P(Comparison, ANullInAColumnThatIsNeverNullIsNamedAndNoMissingRow) {
  const Schema landed{utf8("ref").key(), utf8("email"), int64("kobo")}, key{utf8("ref").key()};
  auto landing = ready_sink(landed, {"ref"});
  BatchBuilder builder(landed);
  builder.append("R1", "ada@example.ng", 1);
  builder.append("R2", nullptr, 2);
  builder.append("R3", "obi@example.ng", 3);
  ASSERT_EQ(land(*landing, landed, builder.finish()).count(Outcome::kInserted), 3u);
  auto email = utf8("email");
  email.is_nullable = false;
  const Schema schema{utf8("ref").key(), email, int64("kobo")};
  auto sink = make_sink({"ref"});
  const auto bound = sink->bind(schema);
  ASSERT_TRUE(bound.ok()) << bound.message();
  const std::string why = "the column of field \"email\" holds NULL, and the field is never null";

  const auto read_back = [&](std::initializer_list<const char*> refs) {
    BatchBuilder wanted(key);
    for (const auto* ref : refs) wanted.append(ref);
    const auto keys = wanted.finish();
    return sink->read_back(keys.array());
  };
  const auto rows = read_back({"R1", "R2", "R3"});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code(), Code::kInternal);
  EXPECT_EQ(rows.error().message(), fmt::format("cannot read back the row R2 of {}: {}", name_, why));
  ASSERT_TRUE(read_back({}));

  std::map<std::string, std::string> rejected;
  sentinel_read_request request{};
  request.struct_size = sizeof request;
  request.context = &rejected;
  request.reject = [](void* context, const sentinel_source_reject* reject) noexcept {
    (*static_cast<std::map<std::string, std::string>*>(context))[std::string(from_text(reject->key))] =
        reject->error->message;
  };
  Rejects rejects(&request);
  const auto page = sink->scan(Cursor(), {10, 1 << 20}, rejects);
  ASSERT_TRUE(page) << page.error().message();
  EXPECT_TRUE(page->done);
  EXPECT_EQ(cells(page->batch, schema), (std::vector<std::string>{"R1|ada@example.ng|1|", "R3|obi@example.ng|3|"}));
  EXPECT_EQ(rejected, (std::map<std::string, std::string>{{"R2", why}}));
}

TEST_P(Comparison, TheDatabaseAddsUpExactly) {
  const Schema schema{int64("n").key(), decimal("naira", 18, 2), utf8("currency")};
  auto sink = ready_sink(schema, {"n"});
  BatchBuilder builder(schema);
  builder.append(1, Decimal{10, 2}, "NGN");
  builder.append(2, Decimal{20, 2}, "NGN");
  builder.append(3, Decimal{999999999999999999, 2}, "USD");
  builder.append(4, nullptr, "USD");
  land(*sink, schema, builder.finish());
  std::map<std::string, std::string> sums;
  const auto status =
      sink->totals("naira", "currency", [&](std::string_view currency, std::uint64_t rows, std::string_view sum) {
        sums[std::string(currency)] = fmt::format("{} {}", rows, sum);
      });
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(sums, (std::map<std::string, std::string>{{"NGN", "2 0.30"}, {"USD", "2 9999999999999999.99"}}));
}

SENTINEL_ON_ALL_DATABASES(Comparison);

}  // namespace
}  // namespace sentinel::sql_sink::test
