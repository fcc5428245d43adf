// Each step of map by itself: what it makes of dirty texts, and what it refuses without repeating it.
#include "map_transform/dates.hpp"
#include "map_transform/entities.hpp"
#include "map_transform/html.hpp"
#include "map_transform/json_path.hpp"
#include "map_transform/lookup.hpp"
#include "map_transform/mojibake.hpp"
#include "map_transform/nfc.hpp"
#include "map_transform/php.hpp"
#include "map_transform/template.hpp"

#include <sentinel/civil_time.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace sentinel::map_transform {
namespace {

using namespace std::string_literals;

struct Case {
  std::string text, path, wanted;  // "!code" for a reject
};

std::string shown(const Result<std::optional<std::string>>& result, std::string_view text) {
  if (result) return result->value_or("null");
  EXPECT_EQ(result.error().code(), Code::kInvalidData);
  EXPECT_EQ(result.error().domain(), "map");
  if (text.size() > 3) {
    EXPECT_EQ(result.error().message().find(text), std::string::npos) << "a message holds the value";
  }
  return "!" + std::string(result.error().native_code());
}

TEST(JsonPath, FindsWhatStandsThereAndKeepsDigits) {
  const auto payload =
      R"( {"donor":{"name":"Ada","address":[{"city":"Ìbàdàn"},null]},"n":1.50e0,"a.b":7,"no":null,"t":true} )"s;
  const Case cases[] = {{payload, ".donor.address[0].city", "Ìbàdàn"},
                        {payload, ".n", "1.50e0"},
                        {R"({"kobo":12345678901234567890.10})", "kobo", "12345678901234567890.10"},
                        {payload, R"(["a.b"])", "7"},
                        {payload, ".t", "true"},
                        {payload, ".donor.address", R"([{"city":"Ìbàdàn"},null])"},
                        {payload, ".donor.phone", "null"},
                        {payload, ".donor.address[1].city", "null"},
                        {payload, ".donor.address[9].city", "null"},
                        {payload, ".no.further", "null"},
                        {" ", ".x", "null"},
                        {"null", ".x", "null"},
                        {payload, ".donor[0]", "!bad_path"},
                        {payload, ".donor.address.city", "!bad_path"},
                        {payload, ".n.x", "!bad_path"},
                        {"[1]", ".x", "!bad_path"},
                        {R"({"x":1)", ".x", "!bad_json"},
                        {R"({"x":1,"x":2})", ".x", "!bad_json"},
                        {R"({"x":{"y":01}})", ".z", "!bad_json"},
                        {"not json", ".x", "!bad_json"}};
  for (const auto& each : cases)
    EXPECT_EQ(shown(json_at(each.text, *parse_path(each.path)), each.text), each.wanted)
        << each.text << " " << each.path;
  for (const auto* wrong : {".", "a..b", "a[", "a[x]", "a[0", "a]", "a[0]b", R"(["a)", "a[-1]"})
    EXPECT_FALSE(parse_path(wrong).has_value()) << wrong;
}

TEST(Php, CountsBytesAndEvaluatesNothing) {
  const auto meta =
      R"(a:2:{s:5:"donor";a:3:{s:2:"ip";s:8:"10.0.0.1";s:4:"name";s:5:"Zoë!";s:3:"sum";d:0.10;}s:4:"tags";a:2:{i:0;s:7:"one-off";i:1;b:1;}})"s;
  const auto object = R"(O:8:"stdClass":1:{s:1:"x";i:-5;})"s;
  const auto hidden = "O:1:\"A\":1:{s:4:\"\0A\0x\";i:7;}"s;
  const Case cases[] = {{meta, "donor.ip", "10.0.0.1"},
                        {meta, "donor.name", "Zoë!"},
                        {meta, "donor.sum", "0.10"},
                        {meta, "tags[0]", "one-off"},
                        {meta, "tags[1]", "true"},
                        {meta, "tags[7]", "null"},
                        {meta, "tags", R"(["one-off",true])"},
                        {meta, "donor", R"({"ip":"10.0.0.1","name":"Zoë!","sum":0.10})"},
                        {meta, "donor.ip.x", "!bad_path"},
                        {R"(s:2:"a"";)", "", R"("a\"")"},
                        {"a:0:{}", "", "[]"},
                        {"N;", "x", "null"},
                        {"", "x", "null"},
                        {"a:1:{i:1;i:2;}", "", R"({"1":2})"},
                        {"10.0.0.1", "x", "!bad_php"},
                        {R"(s:5:"Zoë";)", "", "!bad_php"},
                        {R"(s:3:"Zoë";)", "", "!bad_php"},
                        {R"(s:99999999999999999999:"a";)", "", "!bad_php"},
                        {"a:2:{i:0;i:1;i:0;i:2;}", "", "!bad_php"},
                        {"a:1:{i:0;R:1;}", "", "!bad_php"},
                        {"d:NAN;", "", "!bad_php"},
                        {"i:1;i:2;", "", "!bad_php"},
                        {"i:1e3;", "", "!bad_php"},
                        {R"(C:1:"A":0:{})", "", "!bad_php"}};
  for (const auto& each : cases)
    EXPECT_EQ(shown(php_at(each.text, *parse_path(each.path), PhpObjects::kRefuse), each.text), each.wanted)
        << each.text;
  EXPECT_EQ(shown(php_at(object, {}, PhpObjects::kRefuse), object), "!bad_php");
  EXPECT_EQ(shown(php_at(object, *parse_path("x"), PhpObjects::kMap), object), "-5");
  EXPECT_EQ(shown(php_at(hidden, *parse_path("x"), PhpObjects::kMap), hidden), "7");
  const auto broken = php_at(R"(a:1:{s:4:"name";s:9:"Ada";})", {}, PhpObjects::kRefuse);
  EXPECT_EQ(broken.error().message(), "invalid serialized PHP at byte 21: a string of 9 bytes does not end there");
}

TEST(Php, LimitsDepthAndCount) {
  std::string deep = "i:1;", wide = "a:100001:{";
  for (int i = 0; i < 64; ++i) deep = "a:1:{i:0;" + deep + "}";
  EXPECT_TRUE(php_at(deep, {}, PhpObjects::kRefuse).has_value());
  EXPECT_EQ(shown(php_at("a:1:{i:0;" + deep + "}", {}, PhpObjects::kRefuse), deep), "!bad_php");
  for (int i = 0; i < 100'001; ++i) wide += "i:" + std::to_string(i) + ";N;";
  EXPECT_EQ(shown(php_at(wide + "}", {}, PhpObjects::kRefuse), wide), "!bad_php");
}

TEST(Mojibake, IsUndoneOnlyWhereAllOfTheTextShowsIt) {
  const std::pair<const char*, const char*> cases[] = {{"OlÃºwÃ¡á¹£eun", "Olúwáṣeun"},
                                                       {"â‚¦5,000", "₦5,000"},
                                                       {"Oâ€™Brien", "O’Brien"},
                                                       {"ZoÃƒÂ«", "Zoë"},
                                                       {"\u00c3\u0081gnes", "Ágnes"},
                                                       {"Zoë", "Zoë"},
                                                       {"Olúwáṣeun", "Olúwáṣeun"},
                                                       {"ZoÃ« 😀", "ZoÃ« 😀"},
                                                       {"plain", "plain"},
                                                       {"", ""}};
  for (const auto& [text, wanted] : cases) EXPECT_EQ(repaired_mojibake(text), wanted) << text;
}

TEST(Entities, AreDecodedOnceAndOnlyIfTheyAreOnes) {
  const std::pair<const char*, const char*> cases[] = {
      {"A &amp; B&#8211;C &#x1f600;&nbsp;&Eacute;", "A & B–C 😀\u00a0É"},
      {"&amp;lt;", "&lt;"},
      {"&#150;&#X41;", "–A"},
      {"AT&T &unknown; &amp &; &#; &#0; &#xD800; &#x110000;", "AT&T &unknown; &amp &; &#; &#0; &#xD800; &#x110000;"},
      {"&apos;&zwnj;&alpha;&&gt;", "'\u200cα&>"}};
  for (const auto& [text, wanted] : cases) EXPECT_EQ(decoded_entities(text), wanted) << text;
}

TEST(Html, BecomesWhatAReaderSees) {
  const std::pair<const char*, const char*> cases[] = {
      {"<!-- wp:paragraph -->\n<p>God\n  bless &amp; keep</p>\n<!-- /wp:paragraph -->\n<p class=\"a>b\">you</p>",
       "God bless & keep\nyou"},
      {"one<br/>two<BR>three", "one\ntwo\nthree"},
      {"<b>bo</b>ld <a href='x'>link</a>", "bold link"},
      {"<style>p{}</style>a<script>if (a<b) \"</p>\"</SCRIPT>b", "ab"},
      {"<ul><li>x</li><li>y</li></ul>", "x\ny"},
      {"<table><tr><td>1</td><td>2</td></tr></table>", "1 2"},
      {"&lt;b&gt; 3 < 5 and 5 > 3, a <3", "<b> 3 < 5 and 5 > 3, a <3"},
      {"tail <a href=\"x", "tail <a href=\"x"},
      {"x<script>never ends", "x"},
      {"", ""}};
  for (const auto& [html, wanted] : cases) EXPECT_EQ(html_to_text(html), wanted) << html;
  const std::pair<const char*, const char*> shortcodes[] = {
      {"a[gallery ids=\"1,2\"]b[caption]c[/caption]", "abc"},
      {"[[gallery]] [5] [ x ] [open", "[gallery] [5] [ x ] [open"}};
  for (const auto& [text, wanted] : shortcodes) EXPECT_EQ(without_shortcodes(text), wanted) << text;
}

TEST(Nfc, ComposesWhatWasTakenApart) {
  EXPECT_EQ(*in_nfc("Zoe\u0308 e\u0323\u0301"), "Zoë ẹ\u0301");
  EXPECT_EQ(*in_nfc("plain"), "plain");
}

DateOptions naive(std::vector<std::string> formats, std::string zone = "UTC") {
  DateOptions options;
  options.formats = std::move(formats);
  options.zone = std::move(zone);
  return options;
}

std::string read_as(const DateOptions& options, CastType type, const std::string& text) {
  const auto dates = Dates::open(options, type);
  if (!dates) return dates.error().option_path() + ": " + dates.error().message();
  const auto value = dates->read(text);
  if (!value) return shown(Status(value.error()), text);
  if (!*value) return "null";
  return type == CastType::kDate ? date_text(**value) : timestamp_text(**value);
}

TEST(Dates, AreReadByDeclaredFormatsInADeclaredZone) {
  const auto lagos = naive({"%d/%m/%Y %H:%M", "%Y%m%d", "unix"}, "Africa/Lagos");
  const auto many = naive({"%b %d, %Y %I:%M %p", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d", "unix_ms"});
  const struct {
    const DateOptions& options;
    const char *text, *timestamp, *date;
  } cases[] = {{lagos, " 31/01/2024 10:30 ", "2024-01-31 09:30:00", "2024-01-31"},
               {lagos, "1/2/2024 0:05", "2024-01-31 23:05:00", "2024-02-01"},
               {lagos, "20240131", "2024-01-30 23:00:00", "2024-01-31"},
               {lagos, "1706655600", "2024-01-30 23:00:00", "2024-01-31"},
               {lagos, "-1", "1969-12-31 23:59:59", "1970-01-01"},
               {lagos, "2024111", "1970-01-24 10:15:11", "1970-01-24"},
               {lagos, "31/02/2024 10:30", "!bad_date", "!bad_date"},
               {lagos, "31/01/24 10:30", "!bad_date", "!bad_date"},
               {lagos, "31/01/2024 24:00", "!bad_date", "!bad_date"},
               {lagos, "99999999999999999", "!bad_date", "!bad_date"},
               {lagos, "", "!bad_date", "!bad_date"},
               {many, "January 5, 2024 12:00 am", "2024-01-05 00:00:00", "2024-01-05"},
               {many, "jan 05, 2024 1:07 PM", "2024-01-05 13:07:00", "2024-01-05"},
               {many, "2024-01-31T00:30:00.25+01:00", "2024-01-30 23:30:00.250000", "2024-01-30"},
               {many, "0009-12-04", "0009-12-04 00:00:00", "0009-12-04"},
               {many, "1706655600123", "2024-01-30 23:00:00.123000", "2024-01-30"},
               {many, "0000-00-00", "!zero_date", "!zero_date"},
               {many, "0000-00-00 00:00:00", "!zero_date", "!zero_date"}};
  for (const auto& each : cases) {
    EXPECT_EQ(read_as(each.options, CastType::kTimestamp, each.text), each.timestamp) << each.text;
    EXPECT_EQ(read_as(each.options, CastType::kDate, each.text), each.date) << each.text;
  }
  auto zero = many;
  zero.zero = ZeroDate::kNull;
  EXPECT_EQ(read_as(zero, CastType::kDate, "0000-00-00T00:00:00"), "null");
  EXPECT_EQ(read_as(zero, CastType::kDate, "2024-00-00"), "!bad_date") << "not a zero date but a wrong one";
}

TEST(Dates, TheClocksOwnGapsAreSettledByTheDeclaredRule) {
  auto options = naive({"%Y-%m-%d %H:%M"}, "Europe/Berlin");
  EXPECT_EQ(read_as(options, CastType::kTimestamp, "2024-10-27 02:30"), "!ambiguous_time");
  EXPECT_EQ(read_as(options, CastType::kTimestamp, "2024-03-31 02:30"), "!missing_time");
  EXPECT_EQ(read_as(options, CastType::kDate, "2024-03-31 02:30"), "2024-03-31") << "the day is certain";
  options.ambiguous = AmbiguousTime::kEarlier;
  EXPECT_EQ(read_as(options, CastType::kTimestamp, "2024-10-27 02:30"), "2024-10-27 00:30:00");
  EXPECT_EQ(read_as(options, CastType::kTimestamp, "2024-03-31 02:30"), "2024-03-31 00:30:00");
  options.ambiguous = AmbiguousTime::kLater;
  EXPECT_EQ(read_as(options, CastType::kTimestamp, "2024-10-27 02:30"), "2024-10-27 01:30:00");
  EXPECT_EQ(read_as(options, CastType::kTimestamp, "2024-03-31 02:30"), "2024-03-31 01:30:00");
}

TEST(Dates, WrongDeclarationsAreNamedByTheirPath) {
  const auto fault = [](std::vector<std::string> formats, std::string zone = "UTC") {
    return read_as(naive(std::move(formats), std::move(zone)), CastType::kDate, "");
  };
  EXPECT_TRUE(fault({"%Y-%m-%d"}, "Africa/Lagoss").starts_with("zone: there is no time zone \"Africa/Lagoss\""));
  EXPECT_TRUE(fault({"%Y-%m-%d"}, "../../../etc/passwd").starts_with("zone: "));
  EXPECT_TRUE(fault({"unix", "%Y-%q-%d"}).starts_with("formats.1: the date format \"%Y-%q-%d\" holds an unknown"));
  for (const auto* wrong :
       {"%Y-%m", "%d/%m/%y", "%Y-%m-%d %d", "%Y-%m-%d %I", "%Y-%m-%d %M", "%Y%z-%m-%d %H", "iso", "%"})
    EXPECT_TRUE(fault({wrong}).starts_with("formats.0: ")) << wrong;
  EXPECT_TRUE(fault({}).starts_with("formats: "));
}

class LookupFile : public testing::Test {
 protected:
  std::string written(const std::string& text) {
    std::ofstream(path_) << text;
    return path_.string();
  }
  Result<Lookup> open(const std::string& text) {
    LookupOptions options;
    options.table = {{"a", "from the table"}};
    options.file = written(text);
    options.key = "code";
    options.value = "name";
    return Lookup::open(options);
  }
  void TearDown() override { std::filesystem::remove(path_); }

  const std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string("codes_") + testing::UnitTest::GetInstance()->current_test_info()->name() + ".csv");
};

TEST_F(LookupFile, JoinsTheTableAndRefusesWhatIsNotListed) {
  const auto lookup = open("name,extra,code\r\n\"Lagos, Island\",,b\r\n\r\nKano,x,c\r\n");
  ASSERT_TRUE(lookup.has_value()) << lookup.error().message();
  EXPECT_EQ(*lookup->find("a"), "from the table");
  EXPECT_EQ(*lookup->find("b"), "Lagos, Island");
  EXPECT_EQ(shown(lookup->find("unlisted"), "unlisted"), "!unknown_code");
  LookupOptions options;
  options.table = {{"a", "x"}};
  options.missing = MissingCode::kNull;
  EXPECT_EQ(shown(Lookup::open(options)->find("z"), "z"), "null");
  options.missing = MissingCode::kKeep;
  EXPECT_EQ(shown(Lookup::open(options)->find("z"), "z"), "z");
}

TEST_F(LookupFile, MistakesAreNamedByTheirLine) {
  const std::pair<const char*, const char*> cases[] = {{"code,name\nb,x\n\"c\n\",y\nb,z\n", "line 5 of "},
                                                       {"code,name\na,x\n", "line 2 of "},
                                                       {"code,name\nb,x,y\n", "line 2 of "},
                                                       {"code,name\nb,\"x\n", "line 2 of "},
                                                       {"cod,name\nb,x\n", "has no column \"code\"; did you"},
                                                       {"", "has no column \"code\""},
                                                       {"code,name\n\xFF,x\n", "is not UTF-8"}};
  for (const auto& [text, wanted] : cases) {
    const auto lookup = open(text);
    ASSERT_FALSE(lookup.has_value()) << text;
    EXPECT_EQ(lookup.error().option_path(), "file");
    EXPECT_NE(lookup.error().message().find(wanted), std::string::npos) << lookup.error().message();
  }
  LookupOptions options;
  EXPECT_EQ(Lookup::open(options).error().option_path(), "table");
  options.file = "/nowhere/codes.csv";
  EXPECT_EQ(Lookup::open(options).error().option_path(), "file");
}

TEST(Templates, AreCheckedBeforeAnyRow) {
  for (const auto* wrong : {"plain", "{", "}", "{a", "{}", "a } {b}"})
    EXPECT_FALSE(Template::parse(wrong).has_value()) << wrong;
  const Schema in{utf8("a"), json("a.b"), int64("n")};
  EXPECT_EQ(find_input("a.b", in)->field, 1u);
  EXPECT_EQ(find_input("a.b.c", in)->field, 1u) << "the longest name wins";
  EXPECT_EQ(find_input("a.c", in)->field, 0u);
  EXPECT_NE(find_input("n.c", in).error().message().find("holds no JSON"), std::string::npos);
  EXPECT_NE(find_input("an", in).error().message().find("the input has no field"), std::string::npos);
}

}  // namespace
}  // namespace sentinel::map_transform
