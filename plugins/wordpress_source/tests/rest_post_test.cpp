// Values as the REST API shows them, and those that are no proof of what the site holds.
#include "wordpress_source/rest_post.hpp"

#include <gtest/gtest.h>

namespace sentinel::wordpress_source {
namespace {

struct Shown {
  std::string value, fault;
};

Shown shown(const std::string& json, bool is_number = false, bool may_be_null = false) {
  const std::vector<RestMeta> meta = {{"amount", is_number, may_be_null}};
  const Schema schema{int64("id").key(), utf8("meta.amount")};
  const auto text = R"({"id": 7, "meta": {"amount": )" + json + "}}";
  const auto post = read_rest_post(*support::JsonObject::parse(text), schema, meta);
  if (!post) return {"", post.error().message()};
  EXPECT_EQ(post->id, 7);
  return {post->values[1].value_or("null"), post->fault};
}

TEST(RestPost, KeepsTheDigitsAndTheTextThatTheSiteSent) {
  EXPECT_EQ(shown("9007199254740993").value, "9007199254740993");
  EXPECT_EQ(shown("9007199254740993").fault, "");
  EXPECT_EQ(shown(R"("Ol\u00faw\u00e1\u1e63eun \ud83d\ude00 \/")").value, "Olúwáṣeun 😀 /");
  EXPECT_EQ(shown("true").value, "1");
  EXPECT_EQ(shown("false").value, "");
  EXPECT_EQ(shown(R"({"a":[1]})").value, R"({"a":[1]})");
}

TEST(RestPost, DoubtsWhatTheSiteCouldNotShow) {
  EXPECT_NE(shown("null").fault.find("shown as null"), std::string::npos);
  EXPECT_EQ(shown("null", false, true).fault, "");
  EXPECT_EQ(shown("null", false, true).value, "null");
  EXPECT_NE(shown("9223372036854775807").fault.find("limit of 64 bits"), std::string::npos);
  EXPECT_NE(shown("-9223372036854775808").fault.find("limit of 64 bits"), std::string::npos);
  EXPECT_EQ(shown("9223372036854775806").fault, "");
  EXPECT_EQ(shown("150000.51", true).fault, "");
  EXPECT_NE(shown("9007199254740992.5", true).fault.find("floating-point"), std::string::npos);
  EXPECT_NE(shown("1.0e+25", true).fault.find("floating-point"), std::string::npos);
}

TEST(RestPost, ReadsRawTextsAndTheTimesInUtc) {
  Options options;
  options.include_content = true;
  const auto schema = Posts(Site(), options, {}).schema();
  const std::string text =
      R"({"id":9,"status":"draft","type":"donation","title":{"raw":"A & B","rendered":"A &#038; B"},"slug":"a-b",
          "date":"2024-01-11T11:00:00","date_gmt":"2024-01-11T10:00:00","modified_gmt":"2024-01-12T10:00:00",
          "content":{"raw":"[give id=\"1\"]"},"meta":[]})";
  const auto post = read_rest_post(*support::JsonObject::parse(text), schema, {});
  ASSERT_TRUE(post) << post.error().message();
  const std::vector<std::optional<std::string>> expected = {"9",
                                                            "draft",
                                                            "donation",
                                                            "A & B",
                                                            "a-b",
                                                            std::nullopt,
                                                            std::nullopt,
                                                            "2024-01-11T10:00:00",
                                                            "2024-01-12T10:00:00",
                                                            "[give id=\"1\"]"};
  EXPECT_EQ(post->values, expected);
}

TEST(RestPost, AMetaKeyThatIsShownNoLongerChangesTheSchema) {
  const std::vector<RestMeta> meta = {{"amount", false, false}};
  const auto post = read_rest_post(*support::JsonObject::parse(R"({"id":1,"meta":[]})"),
                                   Schema{int64("id").key(), utf8("meta.amount")}, meta);
  ASSERT_FALSE(post);
  EXPECT_EQ(post.error().code(), Code::kSchemaChanged);
}

}  // namespace
}  // namespace sentinel::wordpress_source
