// Snapshots come back exactly, hashes depend on content alone, keys read as people write them.
#include "engine/ledger/record_snapshot.hpp"

#include "engine/ledger/content_hash.hpp"
#include "engine/ledger/lossless_json.hpp"
#include "engine/ledger/value_text.hpp"

#include <sentinel/text.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <bit>
#include <cmath>
#include <iostream>
#include <limits>
#include <random>
#include <set>

namespace sentinel::ledger {
namespace {

using Random = std::mt19937_64;
using Int64 = std::numeric_limits<std::int64_t>;

std::string random_text(Random& random, bool valid) {
  static const std::string kPieces[] = {"a",
                                        "₦5,000",
                                        "😀",
                                        std::string(1, '\0'),
                                        "\"",
                                        "\\",
                                        "\n\t\r",
                                        "\x01\x1f\x7f",
                                        "é",
                                        "</script>",
                                        "{\"$base64\":\"\"}"};
  static const std::string kBroken[] = {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"};
  std::string text;
  for (auto count = random() % 8; count > 0; --count) text += kPieces[random() % std::size(kPieces)];
  if (!valid) text += kBroken[random() % std::size(kBroken)];
  return text;
}

int128 random_digits(Random& random, int digits) {
  int128 value = 0;
  for (int i = 0; i < digits; ++i) value = value * 10 + static_cast<int>(random() % 10);
  return random() % 2 ? value : -value;
}

double random_double(Random& random) {
  while (true) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isnan(value)) return value;
  }
}

std::int64_t random_int64(Random& random) {
  static constexpr std::int64_t kEdges[] = {Int64::min(),    Int64::min() + 1, -1,          0, 1,
                                            (1LL << 53) + 1, Int64::max() - 1, Int64::max()};
  return random() % 2 ? kEdges[random() % std::size(kEdges)] : static_cast<std::int64_t>(random());
}

void append_random(Random& random, const Field& field, ColumnBuilder& column) {
  if (field.is_nullable && random() % 4 == 0) return column.append_null();
  switch (field.type) {
    case Type::kBool: return column.append_bool(random() % 2 == 0);
    case Type::kInt64:
    case Type::kTimestamp: return column.append_int64(random_int64(random));
    case Type::kFloat64: {
      static const double kEdges[] = {0.0,
                                      -0.0,
                                      1e22,
                                      1e300,
                                      5e-324,
                                      9007199254740993.0,
                                      9223372036854775808.0,
                                      18446744073709551616.0,
                                      HUGE_VAL,
                                      -HUGE_VAL,
                                      0.1,
                                      std::numeric_limits<double>::quiet_NaN()};
      return column.append_float64(random() % 2 ? kEdges[random() % std::size(kEdges)] : random_double(random));
    }
    case Type::kUtf8: return column.append_text(random_text(random, true));
    case Type::kBinary: return column.append_text(random_text(random, random() % 2 == 0));
    case Type::kDate: return column.append_date(static_cast<std::int32_t>(random()));
    case Type::kDecimal:
      return column.append_decimal(
          random_digits(random, 1 + static_cast<int>(random() % static_cast<unsigned>(field.precision))));
  }
}

Schema random_schema(Random& random) {
  Schema schema;
  const auto count = 1 + random() % 12;
  for (std::size_t i = 0; i < count; ++i) {
    auto field = make_field("f" + std::to_string(i) + random_text(random, true), static_cast<Type>(random() % 8));
    field.is_nullable = random() % 3 != 0;
    field.is_key = random() % 4 == 0;
    if (field.type == Type::kDecimal) {
      field.precision = 1 + static_cast<int>(random() % 38);
      field.scale = static_cast<int>(random() % static_cast<unsigned>(field.precision + 1));
    }
    schema.add(std::move(field));
  }
  return schema;
}

void expect_equal(const BatchView& a, const BatchView& b, std::int64_t row_a, std::int64_t row_b) {
  for (std::size_t i = 0; i < a.schema().size(); ++i) {
    const auto x = a.column(i), y = b.column(i);
    ASSERT_EQ(x.is_null(row_a), y.is_null(row_b));
    if (x.is_null(row_a)) continue;
    switch (x.type()) {
      case Type::kBool: EXPECT_EQ(x.boolean(row_a), y.boolean(row_b)); break;
      case Type::kFloat64:
        EXPECT_EQ(std::bit_cast<std::uint64_t>(x.float64(row_a)), std::bit_cast<std::uint64_t>(y.float64(row_b)));
        break;
      case Type::kUtf8:
      case Type::kBinary: EXPECT_EQ(x.text(row_a), y.text(row_b)); break;
      case Type::kDate: EXPECT_EQ(x.date(row_a), y.date(row_b)); break;
      case Type::kDecimal: EXPECT_TRUE(x.decimal(row_a) == y.decimal(row_b)); break;
      default: EXPECT_EQ(x.int64(row_a), y.int64(row_b));
    }
  }
}

TEST(RecordSnapshot, RandomBatchesComeBackExactly) {
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  Random random(seed);
  for (int round = 0; round < 200; ++round) {
    const auto schema = random_schema(random);
    BatchBuilder builder(schema);
    for (int row = 0; row < 20; ++row)
      for (std::size_t i = 0; i < schema.size(); ++i) append_random(random, schema[i], builder.column(i));
    const auto batch = builder.finish();
    const auto view = batch.view(schema);
    std::vector<std::string> records;
    for (std::int64_t row = 0; row < view.rows(); ++row) {
      records.push_back(snapshot_json(view, row));
      ASSERT_TRUE(is_utf8(records.back()));
      ASSERT_TRUE(nlohmann::json::accept(records.back())) << records.back();
    }
    const auto back_schema = schema_from_json(schema_json(schema));
    ASSERT_TRUE(back_schema) << back_schema.error().message();
    ASSERT_EQ(*back_schema, schema);
    const auto back = batch_from_snapshots(*back_schema, records);
    ASSERT_TRUE(back) << back.error().message();
    ASSERT_EQ(back->rows(), view.rows());
    for (std::int64_t row = 0; row < view.rows(); ++row) {
      expect_equal(view, back->view(schema), row, row);
      ASSERT_EQ(record_hash(view, row), record_hash(back->view(schema), row));
    }
  }
}

TEST(RecordSnapshot, ReadsAsDocumented) {
  const Schema schema{int64("id").key(), decimal("amount", 10, 2), timestamp("at"),
                      date("day"),       float64("rate"),          boolean("paid"),
                      utf8("name"),      binary("photo"),          int64("gone")};
  BatchBuilder builder(schema);
  builder.append(Int64::min(), Decimal{-5, 2}, std::int64_t{-1}, 20779, 0.1, true,
                 std::string_view("Ada \"₦\"\n\0", 11), std::string_view("ab"), nullptr);
  const auto batch = builder.finish();
  EXPECT_EQ(
      snapshot_json(batch.view(schema), 0),
      "{\"id\":-9223372036854775808,\"amount\":\"-0.05\",\"at\":\"1969-12-31T23:59:59.999999Z\",\"day\":\"2026-11-22\","
      "\"rate\":0.1,\"paid\":true,\"name\":\"Ada "
      "\\\"₦\\\"\\n\\u0000\",\"photo\":{\"$base64\":\"YWI=\"},\"gone\":null}");
}

TEST(RecordSnapshot, TextThatIsNotUtf8IsKeptAsBytes) {
  const Schema schema{utf8("name")};
  BatchBuilder builder(schema);
  builder.append(std::string_view("\xff\xfe"));
  const auto batch = builder.finish();
  const std::string record[] = {snapshot_json(batch.view(schema), 0)};
  EXPECT_EQ(record[0], "{\"name\":{\"$base64\":\"//4=\"}}");
  const auto back = batch_from_snapshots(schema, record);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->view(schema).column(0).text(0), "\xff\xfe");
}

TEST(RecordSnapshot, EdgesOfInt64) {
  const Schema schema{int64("n")};
  const std::string whole[] = {R"({"n":9223372036854775807})", R"({"n":-9223372036854775808})"};
  const auto batch = batch_from_snapshots(schema, whole);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->view(schema).column(0).int64(0), Int64::max());
  EXPECT_EQ(batch->view(schema).column(0).int64(1), Int64::min());
  for (const std::string record :
       {R"({"n":9223372036854775808})", R"({"n":-9223372036854775809})", R"({"n":1.0})", R"({"n":1e3})"}) {
    EXPECT_FALSE(batch_from_snapshots(schema, std::span(&record, 1))) << record;
  }
}

TEST(RecordSnapshot, RefusesWhatIsNotARecordWithoutShowingIt) {
  const Schema schema{int64("id").key(), utf8("secret"), decimal("amount", 38, 2)};
  for (const std::string record :
       {R"({"id":1,"secret":"hunter2")", R"({"id":1,"hunter2":1})", R"({"id":1,"id":2})", R"({"secret":"hunter2"})",
        R"([1])", "", R"({"id":"hunter2"})", R"({"id":1,"secret":{"$base64":"hunter2"}})",
        R"({"id":1,"secret":{"$base64":"","$base64":""}})", R"({"id":1,"secret":{}})",
        R"({"id":1,"secret":[["hunter2"]]})", R"({"id":1,"secret":{"$base64":{"hunter2":1}}})", R"({"id":1} hunter2)",
        R"({"id":null})", R"({"id":1,"amount":"1.5"})", R"({"id":1,"amount":"."})", R"({"id":1,"amount":1.50})",
        R"({"id":1,"amount":"999999999999999999999999999999999999999999.00"})"}) {
    const auto batch = batch_from_snapshots(schema, std::span(&record, 1));
    ASSERT_FALSE(batch) << record;
    EXPECT_EQ(batch.error().code(), Code::kInvalidData);
    EXPECT_EQ(batch.error().message().find("hunter2"), std::string::npos) << batch.error().message();
    EXPECT_NE(batch.error().message().find("record 1 of 1"), std::string::npos);
  }
}

TEST(RecordSnapshot, DecimalsOf38Digits) {
  const auto digits = "-" + std::string(38, '9');
  const auto value = parse_decimal(digits, 0);
  ASSERT_TRUE(value);
  EXPECT_EQ(decimal_text({*value, 0}), digits);
  EXPECT_EQ(decimal_text({*value, 38}), "-0." + std::string(38, '9'));
  EXPECT_EQ(parse_decimal("-0." + std::string(38, '9'), 38), value);
  const auto smallest = static_cast<int128>(static_cast<uint128>(1) << 127);
  EXPECT_EQ(parse_decimal(decimal_text({smallest, 2}), 2), smallest);
  EXPECT_FALSE(parse_decimal("170141183460469231731687303715884105728", 0));
}

TEST(RecordSnapshot, HashDependsOnContentAlone) {
  const Schema schema{int64("a"), utf8("b")};
  BatchBuilder whole(schema), with_null(schema);
  whole.append(1, "x");
  whole.append(2, "y");
  with_null.append(nullptr, nullptr);
  with_null.append(2, "y");
  const auto plain = whole.finish();
  auto shifted = with_null.finish();
  const auto expected = record_hash(plain.view(schema), 1);
  EXPECT_EQ(expected.size(), 32u);
  EXPECT_EQ(record_hash(shifted.view(schema), 1), expected);  // a validity bitmap that says "valid"
  auto array = shifted.release();
  array.offset = 1;
  array.length = 1;
  const Batch sliced(array);
  EXPECT_EQ(record_hash(sliced.view(schema), 0), expected);

  const Schema turned{utf8("b"), int64("a")};
  BatchBuilder other_order(turned);
  other_order.append("y", 2);
  EXPECT_EQ(record_hash(other_order.finish().view(turned), 0), expected);
}

TEST(RecordSnapshot, HashTellsDifferentRecordsApart) {
  std::set<std::string> hashes;
  const auto add = [&](const Schema& schema, const auto&... values) {
    BatchBuilder builder(schema);
    builder.append(values...);
    const auto batch = builder.finish();
    EXPECT_TRUE(hashes.insert(record_hash(batch.view(schema), 0)).second);
  };
  add(Schema{utf8("a"), utf8("b")}, "xy", "");
  add(Schema{utf8("a"), utf8("b")}, "x", "y");
  add(Schema{utf8("a"), utf8("b")}, "x", nullptr);
  add(Schema{utf8("a"), utf8("c")}, "x", "y");
  add(Schema{utf8("a")}, "1");
  add(Schema{binary("a")}, "1");
  add(Schema{int64("a")}, 1);
  add(Schema{timestamp("a")}, 1);
  add(Schema{decimal("a", 10, 0)}, Decimal{1, 0});
  add(Schema{decimal("a", 10, 2)}, Decimal{1, 2});
  add(Schema{int64("a")}, nullptr);
}

// What letters of today are called must not change tomorrow.
TEST(RecordSnapshot, HashesAreStable) {
  const Schema schema{int64("id").key(), utf8("email")};
  BatchBuilder builder(schema);
  builder.append(42, "ada@example.org");
  const auto batch = builder.finish();
  EXPECT_EQ(record_hash(batch.view(schema), 0), "6a262c1531a3b6ab7090307bd975bf9f");
  EXPECT_EQ(letter_id("donations", "s", "42", "h"), "f5c49108767bd42865042ef6c8c9ed9f");
}

// Stored letters name their schema by the hash of this text.
TEST(RecordSnapshot, SchemasAreStoredAsThisText) {
  auto amount = decimal("₦ \"x\"", 12, 2);
  amount.minor_field = "kobo";
  auto kobo = int64("kobo");
  kobo.currency = "NGN";
  kobo.exponent = 2;
  EXPECT_EQ(schema_json(Schema{int64("id").key(), amount, kobo}),
            "[{\"name\":\"id\",\"type\":\"int64\",\"precision\":0,\"scale\":0,\"is_nullable\":false,\"is_json\":false,"
            "\"is_key\":true,\"is_version\":false,\"currency\":\"\",\"currency_field\":\"\",\"exponent\":0,"
            "\"minor_field\":\"\"},"
            "{\"name\":\"₦ \\\"x\\\"\",\"type\":\"decimal\",\"precision\":12,\"scale\":2,\"is_nullable\":true,"
            "\"is_json\":false,\"is_key\":false,\"is_version\":false,\"currency\":\"\",\"currency_field\":\"\","
            "\"exponent\":0,\"minor_field\":\"kobo\"},"
            "{\"name\":\"kobo\",\"type\":\"int64\",\"precision\":0,\"scale\":0,\"is_nullable\":true,\"is_json\":false,"
            "\"is_key\":false,\"is_version\":false,\"currency\":\"NGN\",\"currency_field\":\"\",\"exponent\":2,"
            "\"minor_field\":\"\"}]");
  EXPECT_EQ(schema_json({}), "[]");
}

TEST(RecordSnapshot, SourceKeys) {
  const auto key_of = [](const Schema& schema, const auto&... values) {
    BatchBuilder builder(schema);
    builder.append(values...);
    const auto batch = builder.finish();
    return std::pair(source_key(batch.view(schema), 0), record_hash(batch.view(schema), 0));
  };
  EXPECT_EQ(key_of(Schema{utf8("x"), int64("id").key()}, "a", 42).first, "42");
  EXPECT_EQ(key_of(Schema{utf8("ref").key()}, "DON-1 \"q\"").first, "DON-1 \"q\"");
  EXPECT_EQ(key_of(Schema{utf8("site").key(), int64("id").key(), date("day").key()}, "a\",b", 7, 0).first,
            "[\"a\\\",b\",\"7\",\"1970-01-01\"]");
  const auto [none, hash] = key_of(Schema{utf8("x")}, "a");
  EXPECT_EQ(none, hash);
}

TEST(RecordSnapshot, LetterIdsDoNotRunTogether) {
  EXPECT_NE(letter_id("ab", "c", "", "h"), letter_id("a", "bc", "", "h"));
  EXPECT_NE(letter_id("a", "", "b", "h"), letter_id("a", "b", "", "h"));
  EXPECT_EQ(letter_id("a", "b", "c", "h").size(), 32u);
}

TEST(ValueText, DatesAndTimestamps) {
  EXPECT_EQ(date_text(0), "1970-01-01");
  EXPECT_EQ(date_text(-719528), "0000-01-01");
  EXPECT_EQ(date_text(-719529), "-0001-12-31");
  EXPECT_EQ(date_text(2932897), "+10000-01-01");
  EXPECT_EQ(parse_date("2024-02-29"), 19782);
  for (const auto* bad :
       {"2023-02-29", "2023-13-01", "2023-00-01", "2023-1-01", "23-01-01", "2023-01-01x", "+5881581-01-01", ""})
    EXPECT_FALSE(parse_date(bad)) << bad;
  EXPECT_EQ(timestamp_text(Int64::min()), "-290308-12-21T19:59:05.224192Z");
  EXPECT_EQ(timestamp_text(Int64::max()), "+294247-01-10T04:00:54.775807Z");
  EXPECT_EQ(parse_timestamp("+294247-01-10T04:00:54.775807Z"), Int64::max());
  for (const auto* bad : {"+294247-01-10T04:00:54.775808Z", "2023-01-01T24:00:00Z", "2023-01-01T00:00:00",
                          "2023-01-01 00:00:00Z", "2023-01-01T00:00:00.5Z"})
    EXPECT_FALSE(parse_timestamp(bad)) << bad;
}

TEST(ContentHash, IsTheSameEverywhere) { EXPECT_EQ(content_hash(""), "99aa06d3014798d86001c324468d497f"); }

// Of all escapes nlohmann-json has its own for two: a key or snapshot written by it would be another one.
TEST(LosslessJson, WritesWhatLettersWereNamedBy) {
  for (int code = 0; code < 128; ++code) {
    const std::string text{'a', static_cast<char>(code), 'b'};
    std::string written;
    append_json_string(written, text);
    if (code == '\b' || code == '\f')
      EXPECT_EQ(written, code == '\b' ? R"("a\u0008b")" : R"("a\u000cb")");
    else
      EXPECT_EQ(written, nlohmann::json(text).dump());
    EXPECT_EQ(nlohmann::json::parse(written), text);
  }
}

TEST(LosslessJson, HoldsAnyBytes) {
  EXPECT_EQ(lossless_json("₦").dump(), "\"₦\"");
  EXPECT_EQ(lossless_json("\xff\xfe").dump(), R"({"$base64":"//4="})");
}

TEST(LosslessJson, Base64) {
  for (std::size_t length = 0; length < 10; ++length) {
    const std::string bytes(length, '\xfb');
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
  for (const auto* bad : {"YQ", "Y===", "====", "YQ=a", "YQ==YQ==", "Y!=="}) EXPECT_FALSE(from_base64(bad)) << bad;
}

}  // namespace
}  // namespace sentinel::ledger
