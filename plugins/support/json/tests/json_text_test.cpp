#include "support/json/json_text.hpp"

#include <gtest/gtest.h>

namespace sentinel::support {
namespace {

std::string refusal(std::string_view text) {
  const auto members = parse_json_object(text);
  return members ? "" : members.error().message();
}

TEST(JsonText, KeepsEveryNumberAsItIsWritten) {
  const auto members = parse_json_object(
      R"({"a": 0.1, "b": 12345678901234567890.12, "c": 1e2, "d": -0, "e": 1E+400, "f": 123456789012345678901234567890})");
  ASSERT_TRUE(members) << members.error().message();
  std::string numbers;
  for (const auto& member : *members) {
    EXPECT_EQ(member.kind, JsonKind::kNumber);
    numbers.append(member.raw) += ' ';
  }
  EXPECT_EQ(numbers, "0.1 12345678901234567890.12 1e2 -0 1E+400 123456789012345678901234567890 ");
}

TEST(JsonText, KeepsNestedValuesAsTheyAreWritten) {
  const auto members = parse_json_object(R"( {"a" : {"x": [1.50, "é"]} , "b": [ ] } )");
  ASSERT_TRUE(members) << members.error().message();
  ASSERT_EQ(members->size(), 2u);
  EXPECT_EQ(members->at(0).raw, R"({"x": [1.50, "é"]})");
  EXPECT_EQ(members->at(1).raw, "[ ]");
  EXPECT_EQ(*compact_json(R"({ "a b" : [ 1.50 , "\" x" ] })"), R"({"a b":[1.50,"\" x"]})");
}

TEST(JsonText, ReadsEscapes) {
  const auto members = parse_json_object(R"({"\u00e9": "\ud83d\ude00 \"\\\/\b\f\n\r\t"})");
  ASSERT_TRUE(members) << members.error().message();
  EXPECT_EQ(members->at(0).name, "é");
  EXPECT_EQ(members->at(0).text, "😀 \"\\/\b\f\n\r\t");
}

TEST(JsonText, RefusesWhatIsNoJson) {
  for (const char* text : {"",
                           "[]",
                           "{",
                           R"({"a" 1})",
                           R"({"a":1,})",
                           R"({a:1})",
                           R"({"a":01})",
                           R"({"a":+1})",
                           R"({"a":1.})",
                           R"({"a":.5})",
                           R"({"a":1e})",
                           R"({"a":NaN})",
                           R"({"a":tru})",
                           R"({"a":"\x"})",
                           R"({"a":"\u12"})",
                           R"({"a":"\ud800"})",
                           R"({"a":"\ud800A"})",
                           R"({"a":"\udc00"})",
                           "{\"a\":\"\n\"}",
                           "{\"a\":\"\xff\"}",
                           "{\"a\":\"\xed\xa0\x80\"}",
                           R"({"a":1}{})",
                           "\xEF\xBB\xBF{}"})
    EXPECT_NE(refusal(text), "") << text;
  EXPECT_NE(refusal(std::string_view("{\"a\":1}\0{}", 10)), "");
}

TEST(JsonText, RefusesAMemberThatIsNamedTwiceAtAnyDepth) {
  EXPECT_NE(refusal(R"({"a":1,"a":1})"), "");
  EXPECT_NE(refusal(R"({"a":1,"\u0061":2})"), "");
  EXPECT_NE(refusal(R"({"x":[{"a":1,"a":1}]})"), "");
  EXPECT_EQ(refusal(R"({"x":[{"a":1},{"a":1}]})"), "");
}

TEST(JsonText, EndsAtADepth) {
  const auto nested = [](int depth) {
    return R"({"a":)" + std::string(static_cast<std::size_t>(depth - 1), '[') +
           std::string(static_cast<std::size_t>(depth - 1), ']') + "}";
  };
  EXPECT_EQ(refusal(nested(256)), "");
  EXPECT_NE(refusal(nested(257)), "");
  EXPECT_NE(refusal(nested(100000)), "");
}

// Messages end up in logs and in the reasons of dead letters.
TEST(JsonText, AMessageNamesThePlaceAndHoldsNoData) {
  const auto message = refusal(R"({"donor": "Zoe" "secret": 1})");
  EXPECT_NE(message.find("at byte 16"), std::string::npos) << message;
  EXPECT_EQ(message.find("secret"), std::string::npos) << message;
}

TEST(JsonText, WritesAString) { EXPECT_EQ(json_string("a\"\\\n\t\x01é"), R"("a\"\\\n\u0009\u0001é")"); }

}  // namespace
}  // namespace sentinel::support
