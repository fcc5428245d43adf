// The sql transform: exact values, conditions as SQLite evaluates them, one bad record alone, and what no expression
// may do.
#include "sql_transform/sql.hpp"
#include "transform_probe.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <random>

namespace sentinel::sql_transform {
namespace {

constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

std::atomic<bool> stops{false};
sentinel_host c_host = [] {
  sentinel_host host{};
  host.struct_size = sizeof host;
  host.stop_requested = [](void*) noexcept -> std::int32_t { return stops ? 1 : 0; };
  return host;
}();
Host test_host(&c_host);

SetOptions as(ValueType type, std::string expression) {
  SetOptions set;
  set.expression = std::move(expression);
  set.type = type;
  return set;
}
SetOptions as_it_is(std::string expression) {
  SetOptions set;
  set.expression = std::move(expression);
  return set;
}
Options where(std::string condition) {
  Options options;
  options.where = std::move(condition);
  return options;
}

struct Bound {
  std::unique_ptr<Sql> sql;
  Schema out;
  probe::Reported reported;
  static inline std::vector<std::pair<std::int64_t, std::int32_t>> left;

  Bound(Options options, const Schema& in) {
    out = probe::bind_opened(Sql::open(std::move(options), test_host), in, sql);
    left.clear();
    reported.request.filter = [](void*, std::int64_t row, sentinel_text) noexcept { left.emplace_back(row, 0); };
    reported.request.depart = [](void*, std::int64_t row, std::int32_t action, sentinel_text) noexcept {
      left.emplace_back(row, action);
    };
  }
  Applied apply(Batch in) { return reported.apply(*sql, std::move(in)); }
};

std::string refusal(Options options, const Schema& in) {
  const auto status = probe::refusal(Sql::open(std::move(options), test_host), in);
  EXPECT_EQ(status.code(), Code::kInvalidConfig);
  return status.option_path() + ": " + status.message();
}
std::string refusal(const std::string& expression, const Schema& in) {
  Options options;
  options.set = {{"x", as(ValueType::kText, expression)}};
  return refusal(std::move(options), in);
}

TEST(Sql, ComputesExactlyAndMovesWhatStays) {
  const Schema in{utf8("meta.first").key(), utf8("quantity"), money("kobo", "NGN", 2)};
  Options options;
  options.set = {{"kobo", as_it_is("kobo + 1")},
                 {"total", as(ValueType::kInteger, "CAST(quantity AS INTEGER) * 500")},
                 {"count", as(ValueType::kInteger, "quantity")},
                 {"name", as(ValueType::kText, R"(upper(trim("meta.first")) || '!')")},
                 {"copy", as_it_is(R"("meta.first")")}};
  Bound bound(std::move(options), in);
  ASSERT_EQ(bound.out.size(), 7u);
  EXPECT_TRUE(bound.out[0].is_key);
  EXPECT_EQ(bound.out[2], money("kobo", "NGN", 2)) << "a replaced amount stays one, in its place";
  EXPECT_FALSE(bound.out[6].is_key);
  BatchBuilder builder(in);
  const std::string hostile = "ada'); DROP TABLE record; --";
  builder.append(hostile, "3", kMost - 1);
  builder.append("b", "many", 5);
  builder.append("c", "4", kMost);
  auto batch = builder.finish();
  auto applied = bound.apply(std::move(batch));
  EXPECT_EQ(applied.origin, std::vector<std::int64_t>{0});
  const auto view = applied.batch.view(bound.out);
  EXPECT_EQ(view.column(0).text(0), hostile);
  EXPECT_EQ(view.column(2).int64(0), kMost);
  EXPECT_EQ(view.column(3).int64(0), 1500);
  EXPECT_EQ(view.column(4).int64(0), 3);
  EXPECT_EQ(view.column(5).text(0), "ADA'); DROP TABLE RECORD; --!");
  EXPECT_EQ(view.column(6).text(0), hostile);
  EXPECT_EQ(bound.reported.rejected.at(1).native_code(), "bad_integer");
  EXPECT_EQ(bound.reported.rejected.at(1).message(), "field \"count\": the text is not an integer");
  EXPECT_EQ(bound.reported.rejected.at(2).native_code(), "not_exact") << "beyond 64 bits SQLite makes a float";
}

TEST(Sql, ColumnsThatStayAreMoved) {
  const Schema in{utf8("a"), int64("n")};
  Options options;
  options.set = {{"b", as_it_is("a")}, {"n2", as(ValueType::kInteger, "n * 2")}};
  options.keep_others = false;
  Bound bound(std::move(options), in);
  BatchBuilder builder(in);
  builder.append("x", 1);
  auto batch = builder.finish();
  const auto* bytes = batch.array().children[0]->buffers[2];
  const auto applied = bound.apply(std::move(batch));
  ASSERT_EQ(bound.out.size(), 2u);
  EXPECT_EQ(applied.batch.array().children[0]->buffers[2], bytes);
}

TEST(Sql, OnlyAFieldAloneIsCopied) {
  const Schema in{utf8("a"), int64("n")};
  Options options;
  options.set = {{"b", as_it_is(" \"a\" ")}, {"c", as(ValueType::kText, "(SELECT a WHERE length(a) > 3)")}};
  Bound bound(std::move(options), in);
  BatchBuilder builder(in);
  builder.append("ab", 1);
  const auto applied = bound.apply(builder.finish());
  EXPECT_EQ(applied.batch.view(bound.out).column(2).text(0), "ab");
  EXPECT_TRUE(applied.batch.view(bound.out).column(3).is_null(0));
}

TEST(Sql, WhereTakesNullForFalse) {
  const Schema in{utf8("status"), int64("kobo")};
  const std::string condition = "status = 'publish' AND kobo > 0";
  for (const auto action : {Departure::kKeep, Departure::kMark, Departure::kDelete}) {
    auto options = where(condition);
    options.on_departure = action;
    Bound bound(std::move(options), in);
    EXPECT_EQ(bound.out.marks(), action == Departure::kMark);
    EXPECT_EQ(bound.out.removes(), action == Departure::kDelete);
    BatchBuilder builder(in);
    builder.append("publish", 1);
    builder.append("publish", nullptr);
    builder.append("draft", 1);
    builder.append(nullptr, 1);
    EXPECT_EQ(bound.apply(builder.finish()).origin, std::vector<std::int64_t>{0});
    const auto a = static_cast<std::int32_t>(action);
    EXPECT_EQ(Bound::left, (std::vector<std::pair<std::int64_t, std::int32_t>>{{1, a}, {2, a}, {3, a}}));
  }
}

TEST(Sql, AWordOfEachType) {
  const Schema in{timestamp("at"), boolean("yes"), date("day"), json("details"), float64("ratio")};
  Options options;
  auto naira = as(ValueType::kDecimal, "'12.5'");
  options.set = {{"day_of", as(ValueType::kDate, "date(at)")},
                 {"later", as(ValueType::kTimestamp, "datetime(at, '+1 day')")},
                 {"no", as(ValueType::kBoolean, "NOT yes")},
                 {"naira", naira},
                 {"year", as(ValueType::kText, "strftime('%Y', day)")},
                 {"sum", as(ValueType::kInteger, "(SELECT sum(value) FROM json_each(details))")},
                 {"ratio", as_it_is("ratio / 2")},
                 {"none", as(ValueType::kDate, "NULL")}};
  options.keep_others = false;
  Bound bound(std::move(options), in);
  BatchBuilder builder(in);
  builder.append(std::int64_t{86'400'000'000}, true, 365, "[1, 2, 39]", 0.5);
  const auto applied = bound.apply(builder.finish());
  ASSERT_EQ(applied.batch.rows(), 1);
  const auto view = applied.batch.view(bound.out);
  EXPECT_EQ(view.column(0).date(0), 1);
  EXPECT_EQ(view.column(1).timestamp(0), 2 * 86'400'000'000);
  EXPECT_FALSE(view.column(2).boolean(0));
  EXPECT_EQ(view.column(3).decimal(0).to_string(), "12.50");
  EXPECT_EQ(view.column(4).text(0), "1971");
  EXPECT_EQ(view.column(5).int64(0), 42);
  EXPECT_EQ(view.column(6).float64(0), 0.25);
  EXPECT_TRUE(view.column(7).is_null(0));
}

TEST(Sql, NoFloatBecomesAnExactValue) {
  const Schema in{int64("kobo")};
  for (const auto type : {ValueType::kInteger, ValueType::kDecimal, ValueType::kText, ValueType::kBoolean}) {
    Options options;
    options.set = {{"x", as(type, "kobo * 1.5")}};
    Bound bound(std::move(options), in);
    BatchBuilder builder(in);
    builder.append(2);
    EXPECT_EQ(bound.apply(builder.finish()).batch.rows(), 0);
    EXPECT_EQ(bound.reported.rejected.at(0).native_code(), "not_exact");
  }
}

TEST(Sql, ARecordThatFailsOrNeverEndsIsRefusedAlone) {
  const Schema in{int64("n"), utf8("details")};
  Options options;
  options.set = {{"last", as(ValueType::kInteger,
                             "(WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i <> n) "
                             "SELECT max(i) FROM c)")},
                 {"a", as(ValueType::kText, "json_extract(details, '$.a')")}};
  Bound bound(std::move(options), in);
  BatchBuilder builder(in);
  builder.append(3, R"({"a": "x"})");
  builder.append(-1, "{}");
  builder.append(3, "{");
  builder.append(4, "{}");
  const auto applied = bound.apply(builder.finish());
  EXPECT_EQ(applied.origin, (std::vector<std::int64_t>{0, 3}));
  EXPECT_EQ(applied.batch.view(bound.out).column(2).int64(1), 4);
  EXPECT_EQ(bound.reported.rejected.at(1).message(), "the expressions take more than 1000000 steps");
  EXPECT_EQ(bound.reported.rejected.at(2).message(), "sqlite: malformed JSON");
  EXPECT_EQ(bound.reported.rejected.at(2).domain(), "sqlite");
}

TEST(Sql, AStopEndsARecordThatNeverEnds) {
  const Schema in{int64("n")};
  Options options;
  options.set = {
      {"last", as(ValueType::kInteger,
                  "(WITH RECURSIVE c(i) AS (SELECT n UNION ALL SELECT i + 1 FROM c) SELECT max(i) FROM c)")}};
  Bound bound(std::move(options), in);
  BatchBuilder builder(in);
  builder.append(1);
  RowRejects rejects(&bound.reported.request);
  stops = true;
  const auto applied = bound.sql->apply(builder.finish(), rejects);
  stops = false;
  ASSERT_FALSE(applied.has_value());
  EXPECT_EQ(applied.error().code(), Code::kCancelled);
}

// Each record of a batch comes out as it does alone.
TEST(Sql, JudgesEachRecordAlone) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const Schema in{int64("a"), utf8("b")};
  Options options;
  options.set = {{"c", as(ValueType::kInteger, "a * coalesce(length(b), 1)")}};
  options.where = "a % 3 <> 0";
  BatchBuilder builder(in);
  for (int i = 0; i < 200; ++i) {
    const auto a = static_cast<std::int64_t>(random()) >> (random() % 64);
    random() % 4 == 0 ? builder.append(a, nullptr) : builder.append(a, std::string(random() % 5, 'x'));
  }
  const auto batch = builder.finish();
  std::vector<std::int64_t> every(200);
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = static_cast<std::int64_t>(i);
  Bound together(options, in);
  const auto applied = together.apply(select_rows(batch.view(in), every));
  EXPECT_EQ(std::size(applied.origin) + Bound::left.size() + together.reported.rejected.size(), 200u);
  std::size_t next = 0;
  for (const auto row : every) {
    Bound alone(options, in);
    const auto one = alone.apply(select_rows(batch.view(in), std::vector{row}));
    const bool passed = next < applied.origin.size() && applied.origin[next] == row;
    ASSERT_EQ(one.batch.rows(), passed ? 1 : 0) << row;
    ASSERT_EQ(alone.reported.rejected.size(), together.reported.rejected.count(row)) << row;
    if (!passed) continue;
    const auto c = applied.batch.view(together.out).column(2).int64(static_cast<std::int64_t>(next++));
    ASSERT_EQ(one.batch.view(alone.out).column(2).int64(0), c) << row;
  }
}

TEST(Sql, SaysWhatIsWrongWithAnExpression) {
  const Schema in{utf8("meta.ref"), utf8("email"), decimal("naira", 10, 2)};
  EXPECT_EQ(
      refusal("trim(emial)", in),
      "set.x.expression: the input has no field \"emial\"; did you mean \"email\"? it has: meta.ref, email, naira");
  EXPECT_EQ(refusal("\"emial\"", in).substr(0, 48), "set.x.expression: the input has no field \"emial\"");
  EXPECT_EQ(refusal("trim(meta.ref)", in),
            "set.x.expression: the field meta.ref has a dot in its name; write \"meta.ref\"");
  EXPECT_EQ(refusal("1 +", in), "set.x.expression: sqlite: near \")\": syntax error");
  EXPECT_EQ(refusal("naira * 2", in).substr(0, 58), "set.x.expression: the field \"naira\" is decimal(10,2), whic");
  EXPECT_EQ(refusal(where("naira > 100"), in).substr(0, 6), "where:");
  EXPECT_EQ(refusal(where("email = "), in).substr(0, 6), "where:");
  Options untyped;
  untyped.set = {{"x", as_it_is("1 + 1")}};
  EXPECT_EQ(refusal(untyped, in).substr(0, 12), "set.x: the t");
  EXPECT_EQ(refusal(Options{}, in).substr(0, 4), "set:");
  auto departing = where("1");
  departing.set = untyped.set;
  departing.on_departure = Departure::kMark;
  EXPECT_EQ(refusal(departing, in).substr(0, 13), "on_departure:");
  EXPECT_EQ(refusal(where("1"), {utf8("a"), utf8("A")}).substr(0, 8), ": these ");
}

TEST(Sql, NoExpressionLeavesItsSandbox) {
  const Schema in{utf8("a")};
  for (const auto* expression :
       {"", "a, a", "a) FROM record; DROP TABLE record; --", "1); ATTACH 'x.db' AS y; --", "load_extension('x')",
        "random()", "current_timestamp", "max(a)", "count(*) OVER ()", "?1", ":a", "a) /* ", "a) FROM record; /* ",
        "(SELECT sql FROM sqlite_master)", "(SELECT * FROM pragma_database_list)",
        "(SELECT seq FROM pragma_database_list)", "readfile('/etc/passwd')", "(DELETE FROM record)"}) {
    const auto words = refusal(expression, in);
    EXPECT_EQ(words.substr(0, 18), "set.x.expression: ") << expression << " gives " << words;
  }
}

}  // namespace
}  // namespace sentinel::sql_transform
