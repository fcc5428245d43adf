// A schema with all that it can say crosses as an ArrowSchema and comes back the same.
#include <sentinel/schema.hpp>

#include <gtest/gtest.h>

namespace sentinel {
namespace {

Result<Schema> crossed(const Schema& schema) {
  ArrowSchema out{};
  export_schema(schema, &out);
  auto back = import_schema(out);
  out.release(&out);
  EXPECT_EQ(out.release, nullptr);
  return back;
}

TEST(Schema, ComesBackWithTypesAndMetadata) {
  auto naira = decimal("amount_naira", 10, 2);
  naira.minor_field = "amount_kobo";
  auto by_field = int64("amount_minor");
  by_field.currency_field = "currency";
  by_field.exponent = 3;
  const Schema schema{utf8("invoice").key(),
                      money("amount_kobo", "NGN", 2),
                      naira,
                      by_field,
                      utf8("currency").required(),
                      boolean("recurring"),
                      float64("score"),
                      binary("scan"),
                      date("day"),
                      timestamp("modified").version(),
                      json("meta"),
                      decimal("wide", 38, 38)};
  const auto back = crossed(schema);
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(*back, schema);
  EXPECT_EQ(back->find("day"), 8u);
  EXPECT_EQ(back->find("nothing"), Schema::npos);
  EXPECT_EQ((*back)[2].type_text(), "decimal(10,2)");
  EXPECT_TRUE((*back)[1].is_money());
}

TEST(Schema, RefusesByName) {
  EXPECT_EQ(crossed({int64("a"), int64("a")}).error().message(), "field \"a\" occurs twice in the schema");
  EXPECT_EQ(crossed({int64("")}).error().message(), "field 0 of the schema has no name");
  EXPECT_EQ(crossed({decimal("d", 39, 0)}).error().message(),
            "field \"d\" has the Arrow format \"d:39,0\", which Sentinel does not carry");
}

TEST(Schema, ReadsDecimalFormats) {
  int precision = 0, scale = 0;
  EXPECT_TRUE(detail::parse_decimal_format("d:10,2", precision, scale));
  EXPECT_TRUE(precision == 10 && scale == 2);
  EXPECT_TRUE(detail::parse_decimal_format("d:38,0,128", precision, scale));
  for (const auto* bad : {"d:", "d:10", "d:10,", "d:10,2,", "d:10,2,256", "d:10,11", "d:0,0", "d:-1,0", "d:10,2,128,1",
                          "d:99999999999,1"})
    EXPECT_FALSE(detail::parse_decimal_format(bad, precision, scale)) << bad;
}

TEST(Schema, MetadataHoldsAnyBytes) {
  const detail::Metadata pairs{{"", ""}, {"key", std::string("a\0b", 3)}, {"ключ", "wert"}};
  EXPECT_EQ(detail::decode_metadata(detail::encode_metadata(pairs).data()), pairs);
  EXPECT_TRUE(detail::decode_metadata(nullptr).empty());
}

}  // namespace
}  // namespace sentinel
