// What changes a source's identity and the mapping hash, and what must not.
#include "engine/config/test_catalogue.hpp"
#include "engine/ledger/content_hash.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace sentinel::config {
namespace {

std::string source_id(std::string_view lines, const std::map<std::string, std::string>& variables = {}) {
  const Loaded file(with_source(lines), variables);
  EXPECT_TRUE(file.ok()) << file.problems();
  return file.ok() ? file->source_id : "";
}
std::string mapping(const std::string& text) {
  const Loaded file(text);
  EXPECT_TRUE(file.ok()) << file.problems();
  return file.ok() ? file->mapping_hash : "";
}

TEST(SourceId, NamesPluginCursorVersionAndHash) {
  EXPECT_TRUE(std::regex_match(source_id(""), std::regex("counter/1/[0-9a-f]{16}"))) << source_id("");
  const Loaded other(
      "version: 1\npipeline: p\nsource: { use: old_counter, count: 5 }\nsink: { use: table, table: t }\n");
  EXPECT_EQ(other->source_id, "old_counter/2/" + source_id("").substr(10));
}

TEST(SourceId, ADefaultWrittenOutChangesNothing) {
  const auto id = source_id("");
  EXPECT_EQ(source_id("  prefix: INV-\n"), id);
  EXPECT_EQ(source_id("  wait: 1500ms\n"), id);
  EXPECT_EQ(source_id("  rate: 50%\n"), id);
  EXPECT_EQ(source_id("  statuses: [publish, draft]\n"), id);
  EXPECT_EQ(source_id("  connection: ''\n"), id);
}

TEST(SourceId, OtherContentIsAnotherSource) {
  const auto id = source_id("");
  EXPECT_NE(source_id("  prefix: X-\n"), id);
  EXPECT_NE(source_id("  statuses: [draft, publish]\n"), id);
  EXPECT_NE(source_id("  connection: mysql://h/a\n"), source_id("  connection: mysql://h/b\n"));
}

TEST(SourceId, HowItIsReadDoesNotCount) {
  const auto id = source_id("");
  EXPECT_EQ(source_id("  pace: fast\n"), id);
  EXPECT_EQ(source_id("  token: ${env:T}\n", {{"T", "x"}}), id);
}

TEST(SourceId, WhoLogsInDoesNotCount) {
  const auto id = source_id("  connection: ${env:DB}\n", {{"DB", "mysql://h:3306/d"}});
  EXPECT_EQ(source_id("  connection: ${env:DB}\n", {{"DB", "mysql://wp:one@h:3306/d?tls=off"}}), id);
  EXPECT_EQ(source_id("  connection: ${env:DB}\n", {{"DB", "mysql://other:t%40o@h:3306/d"}}), id);
  EXPECT_NE(source_id("  connection: ${env:DB}\n", {{"DB", "mysql://h:3307/d"}}), id);
}

TEST(SourceId, ANewNameOfAnOptionChangesNothing) {
  const auto first = R"({"count":5,"prefix":"INV-","wait":1500,"rate":#0.5,"statuses":["publish","draft"],"blog":"x"})";
  const auto id = "counter/1/" + ledger::content_hash(first).substr(0, 16);
  for (const auto* name : {"site", "blog", "host"})
    EXPECT_EQ(source_id("  " + std::string(name) + ": x\n"), id) << name;
}

TEST(SourceId, OrderInTheFileDoesNotCount) {
  EXPECT_EQ(source_id("  prefix: X\n  rate: 1\n"), source_id("  rate: 1\n  prefix: X\n"));
}

TEST(MappingHash, ChangesWithWhatShapesRecords) {
  const auto plain = mapping(with_top(""));
  EXPECT_EQ(plain.size(), 32u);
  EXPECT_NE(mapping(with_top("money: { field: f, currency: NGN }\n")), plain);
  EXPECT_NE(mapping(with_top("transforms: [{ use: check }]\n")), plain);
  EXPECT_NE(mapping(with_top("transforms: [{ use: check, rules: { a: email } }]\n")),
            mapping(with_top("transforms: [{ use: check, rules: { a: url } }]\n")));
  EXPECT_NE(
      mapping("version: 1\npipeline: p\nsource: { use: counter, count: 5 }\nsink: { use: table, table: other }\n"),
      plain);
}

TEST(MappingHash, DoesNotChangeWithAnythingElse) {
  const auto plain = mapping(with_top(""));
  EXPECT_EQ(mapping(with_top("# a comment\nretry: { max_attempts: 9 }\n")), plain);
  EXPECT_EQ(mapping(with_source("  prefix: X\n")), plain);
  EXPECT_EQ(mapping("version: 1\npipeline: p\nsource: { use: counter, count: 5 }\nsink: { table: t, connection: "
                    "'sqlite:x', use: table }\n"),
            plain);
}

TEST(MappingHash, ShorthandAndLongFormAreTheSame) {
  EXPECT_EQ(mapping(with_top("transforms: [{ use: check, rules: { a: email } }]\n")),
            mapping(with_top("transforms: [{ use: check, rules: { a: { format: email } } }]\n")));
}

}  // namespace
}  // namespace sentinel::config
