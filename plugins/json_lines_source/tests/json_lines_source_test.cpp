// Files of JSON lines, clean and dirty, through the source as the engine drives it.
#include "json_lines_source/json_lines_source.hpp"

#include "support/cell.hpp"
#include "support/tests/file_probe.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace sentinel::json_lines_source {
namespace {

using namespace support;
using testing::ElementsAre;
using testing::HasSubstr;
using Row = std::map<std::string, std::string>;

class JsonLines : public testing::Test {
 protected:
  JsonLines() {
    options_.key = {"ref"};
    options_.path = file_.path();
  }
  JsonLinesSource open() { return JsonLinesSource(options_, host_.host); }
  Taken read(std::string_view text) {
    file_.write(text);
    auto source = open();
    return read_pass(source);
  }

  TestFile file_;
  TestHost host_;
  Options options_;
};

TEST_F(JsonLines, NumbersKeepEveryDigitAndNestedValuesStayJson) {
  const auto taken = read(
      "\xEF\xBB\xBF{\"ref\":\"A\\u00e9\\ud83d\\ude00\",\"amount\":5000.500,\"meta\":{\"a\": [1, 2.0]}}\r\n"
      "{\"ref\":9007199254740993123456789,\"amount\":-0,\"meta\":null}\n"
      "\n"
      "{\"amount\":1E+2,\"ref\":\"B\",\"meta\":\"x\"}");
  EXPECT_THAT(taken.rows,
              ElementsAre(Row{{"ref", "A\u00e9\U0001F600"}, {"amount", "5000.500"}, {"meta", "{\"a\": [1, 2.0]}"}},
                          Row{{"ref", "9007199254740993123456789"}, {"amount", "-0"}, {"meta", "null"}},
                          Row{{"ref", "B"}, {"amount", "1E+2"}, {"meta", "\"x\""}}));
  auto source = open();
  const auto schema = source.schema();
  ASSERT_TRUE(schema);
  EXPECT_TRUE((*schema)[2].is_json);
  EXPECT_FALSE((*schema)[1].is_json);
}

TEST_F(JsonLines, EachBadLineIsRejectedAloneWithItsPlaceAndBytes) {
  const std::pair<std::string, std::string> bad[] = {
      {"{\"ref\":\"B\",\"ref\":\"C\"}", "two members of the same name"},
      {"{\"ref\":\"B\",\"v\":{\"x\":1,\"x\":2}}", "two members of the same name"},
      {"{\"ref\":\"B\"", "expected a comma or }"},
      {"{\"ref\":\"B\",}", "expected the name of a member"},
      {"{\"ref\":\"B\"} {}", "text follows the value"},
      {"[1]", "expected an object"},
      {"{\"ref\":01}", "expected a comma or }"},
      {"{\"ref\":1.}", "after the decimal point"},
      {"{\"ref\":NaN}", "expected a value"},
      {"{\"ref\":\"\\ud800\"}", "unpaired surrogate"},
      {"{\"ref\":\"a\tb\"}", "control character"},
      {"{\"ref\":\"\xC3\x28\"}", "not valid UTF-8"},
      {"{\"v\":\"x\"}", "field \"ref\" is null"},
      {"{\"ref\":\"B\",\"v\":[1]}", "name it in the option json"},
      {"{\"v\":" + std::string(300, '[') + std::string(300, ']') + "}", "nested too deeply"},
  };
  const std::string head = "{\"ref\":\"A\",\"v\":\"x\"}\n", tail = "{\"ref\":\"Z\",\"v\":\"x\"}\n";
  options_.fields = {"ref", "v"};
  for (const auto& [text, says] : bad) {
    SCOPED_TRACE(text);
    const auto taken = read(head + text + "\n" + tail);
    EXPECT_THAT(taken.all("ref"), ElementsAre("A", "Z"));
    ASSERT_EQ(taken.rejects.size(), 1u);
    EXPECT_EQ(taken.rejects[0].raw, text + "\n");
    EXPECT_EQ(taken.rejects[0].position, "line 2, byte " + std::to_string(head.size()));
    EXPECT_THAT(taken.rejects[0].message, HasSubstr(says));
  }
  const std::string huge = "{\"ref\":\"" + std::string(kMaxRecordBytes, 'x') + "\"}\n";
  const auto taken = read(head + huge + tail);
  EXPECT_THAT(taken.all("ref"), ElementsAre("A", "Z"));
  EXPECT_EQ(taken.rejects.at(0).raw, huge.substr(0, kMaxRawBytes));
}

TEST_F(JsonLines, AFieldThatComesLaterChangesTheSchemaInFrontOfItsRecord) {
  file_.write("{\"ref\":\"A\"}\n" + std::string(2u << 20, ' ') + "\n{\"ref\":\"B\"}\n{\"ref\":\"C\",\"late\":[1]}\n");
  auto source = open();
  const auto before = read_page(source, {});
  EXPECT_THAT(before.all("ref"), ElementsAre("A", "B"));
  EXPECT_FALSE(before.done);
  Taken none;
  RejectLog log(none);
  const auto changed = source.read(before.next, {}, log.rejects);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code(), Code::kSchemaChanged);
  const auto after = read_page(source, before.next);
  EXPECT_THAT(after.rows, ElementsAre(Row{{"ref", "C"}, {"late", "[1]"}}));
  EXPECT_TRUE(after.done);
}

TEST_F(JsonLines, DeclaredFieldsAreReadAndOthersLeftOut) {
  options_.fields = {"ref", "tags"};
  options_.json = {"tags"};
  EXPECT_THAT(read("{\"tags\":[1],\"ref\":\"A\",\"more\":1}\n{\"ref\":\"B\"}\n").all("tags"),
              ElementsAre("[1]", "null"));
}

TEST_F(JsonLines, TheNextRunReadsOnlyWhatWasAppendedAndAChangedFileAnew) {
  const auto first = read("{\"ref\":\"A\"}\n{\"ref\":\"B\"}\n");
  file_.append("{\"ref\":\"C\"}\n");
  auto source = open();
  const auto second = read_pass(source, first.next);
  EXPECT_THAT(second.all("ref"), ElementsAre("C"));
  file_.write("{\"ref\":\"A\"}\n{\"ref\":\"b\"}\n{\"ref\":\"C\"}\n{\"ref\":\"D\"}\n");
  auto third = open();
  EXPECT_THAT(read_pass(third, second.next).all("ref"), ElementsAre("A", "b", "C", "D"));
}

TEST_F(JsonLines, AFileWithoutRecordsNeedsItsFieldsNamed) {
  for (const auto* text : {"", "ref,amount\nA,1\n"}) {
    file_.write(text);
    const auto status = open().check();
    EXPECT_EQ(status.code(), Code::kInvalidConfig);
    EXPECT_EQ(status.option_path(), "fields");
  }
  options_.fields = {"ref"};
  EXPECT_TRUE(read("").rows.empty());
}

// --- Fuzz: nlohmann's parser is the other opinion --------------------------------------------------------------------

// Where it and RFC 8259 part: it refuses numbers beyond a double, and takes a NUL for the end.
bool is_disputed(std::string_view line) {
  return line.find_first_of(std::string_view("eE\0", 3)) != std::string_view::npos;
}

TEST_F(JsonLines, EveryLineOfARandomFileIsInExactlyOneRecordOrReject) {
  options_.fields = {"ref", "v"};
  options_.json = {"v"};
  std::mt19937_64 random(printed_seed());
  const std::string good =
      "{\"ref\":\"A1\",\"v\":[1,{\"x\":-0.5}]}\n{\"ref\":12,\"v\":\"a\\n\\u20ac\"}\n\n{ "
      "\"ref\":\"\xC3\xA9\",\"v\":true}\n";
  for (int round = 0; round < 500 && !HasFailure(); ++round) {
    const auto bytes = spoilt(good + good, std::string_view("{}[]\",:\\\n u1.-\xC3\0", 17), random);
    SCOPED_TRACE(testing::PrintToString(bytes));
    file_.write(bytes);
    auto source = open();
    std::vector<std::string> refs;
    expect_every_byte_once(source, bytes, [&](std::string_view part, const Taken& one) {
      while (part.size() > 1 && part.find_first_not_of(" \r\t") == part.find('\n') && part.find('\n') + 1 < part.size())
        part.remove_prefix(part.find('\n') + 1);
      if (one.rows.empty() && one.rejects.empty()) {
        EXPECT_EQ(part.find_first_not_of(" \t\r\n"), std::string_view::npos) << part;
      } else if (one.rejects.empty()) {
        refs.push_back(one.rows[0].at("ref"));
        EXPECT_TRUE(nlohmann::json::accept(part) || is_disputed(part)) << part;
      } else if (one.rejects[0].message.starts_with("bad JSON") && !one.rejects[0].message.ends_with("twice") &&
                 !one.rejects[0].message.ends_with("expected an object")) {
        EXPECT_TRUE(!nlohmann::json::accept(part) || is_disputed(part)) << part << one.rejects[0].message;
      }
    });
    EXPECT_EQ(read_pass(source).all("ref"), refs);
  }
}

}  // namespace
}  // namespace sentinel::json_lines_source
