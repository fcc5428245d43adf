// Options of a stage against the table of its component.
#include "engine/config/test_catalogue.hpp"

#include <gtest/gtest.h>

namespace sentinel::config {
namespace {

std::string source_problems(std::string_view lines, const std::map<std::string, std::string>& variables = {}) {
  return Loaded(with_source(lines), variables).problems();
}
std::string source_options(std::string_view lines) {
  const Loaded file(with_source(lines));
  EXPECT_EQ(file.problems(), "");
  return file.ok() ? file->source.options.canonical() : "";
}

TEST(Options, AreReadByTheirType) {
  EXPECT_EQ(source_options("  prefix: 007\n  pace: fast\n  wait: 2s\n  page: 4MiB\n  rate: 20%\n  strict: true\n"),
            R"({"count":5,"prefix":"007","pace":"fast","wait":2000,"page":4194304,"rate":#0.2,"strict":true})");
}

TEST(Options, KeepTextsAsWritten) {
  EXPECT_EQ(source_options("  prefix: true\n"), R"({"count":5,"prefix":"true"})");
  EXPECT_EQ(source_options("  prefix: \"\"\n"), R"({"count":5,"prefix":""})");
  EXPECT_EQ(source_options("  prefix: 'null'\n"), R"({"count":5,"prefix":"null"})");
}

TEST(Options, TakeListsMapsAndObjects) {
  EXPECT_EQ(source_options("  statuses: [a, b]\n  ids: [1, 2]\n"), R"({"count":5,"statuses":["a","b"],"ids":[1,2]})");
  EXPECT_EQ(source_options("  statuses: a\n"), R"({"count":5,"statuses":["a"]})");
  EXPECT_EQ(source_options("  columns: [a, { name: b, width: 3 }]\n"),
            R"({"count":5,"columns":[{"name":"a"},{"name":"b","width":3}]})");
  EXPECT_EQ(source_options("  login: { user: u, password: \"${env:X:-}\" }\n"),
            R"({"count":5,"login":{"user":"u","password":""}})");
}

TEST(Options, KnowWhereTheirValuesStand) {
  const Loaded file(with_source("  statuses: [a, b]\n  login:\n    user: u\n"));
  ASSERT_TRUE(file.ok()) << file.problems();
  const auto place = [&](const char* path) {
    const auto at = file->source.position_of(path);
    return std::to_string(at.line) + ":" + std::to_string(at.column);
  };
  EXPECT_EQ(place("count"), "5:10");
  EXPECT_EQ(place("statuses.1"), "6:17");
  EXPECT_EQ(place("login.user"), "8:11");
  EXPECT_EQ(place("login.user.deeper"), "8:11");
  EXPECT_EQ(place("rate"), "4:8");
  EXPECT_EQ(place(""), "4:8");
}

TEST(Options, UnknownOnesAreNamedWithTheNearest) {
  EXPECT_EQ(source_problems("  prefx: x\n"),
            "p.yaml:6:3: unknown option \"prefx\" for source counter; did you mean \"prefix\"?");
  EXPECT_EQ(source_problems("  login: { usr: u, user: v }\n"),
            "p.yaml:6:12: unknown option \"usr\" in login for source counter; did you mean \"user\"?");
  EXPECT_EQ(
      source_problems("  dead_letter: x\n"),
      "p.yaml:6:3: unknown option \"dead_letter\" for source counter; it stands at the top level, without indentation");
  EXPECT_EQ(source_problems("  login: { user: v, zzzzzzzz: 1 }\n"),
            "p.yaml:6:21: unknown option \"zzzzzzzz\" in login for source counter; there are: user, password");
}

TEST(Options, RequiredOnesAreMissedAtTheirStage) {
  EXPECT_EQ(Loaded("version: 1\npipeline: p\nsource: { use: counter }\nsink: { use: table }\n").problems(),
            "p.yaml:3:16: source counter needs the option \"count\", an integer\n"
            "p.yaml:4:14: sink table needs the option \"table\", a text");
  EXPECT_EQ(source_problems("  login: { password: \"${env:X:-}\" }\n"),
            "p.yaml:6:10: login of source counter needs the option \"user\", a text");
}

TEST(Options, AMisspeltRequiredOneIsReportedOnce) {
  EXPECT_EQ(Loaded("version: 1\npipeline: p\nsource: { use: counter, cuont: 1 }\nsink: { use: table, table: t }\n")
                .problems(),
            "p.yaml:3:25: unknown option \"cuont\" for source counter; did you mean \"count\"?");
}

TEST(Options, WrongTypesAreAllReported) {
  EXPECT_EQ(source_problems("  ids: [1, x]\n  strict: yes\n  wait: 5\n  page: big\n  pace: fsat\n  prefix: [a]\n  "
                            "statuses: { a: b }\n  login: u\n"),
            "p.yaml:6:12: ids.1 must be an integer, not \"x\"\n"
            "p.yaml:7:11: strict must be true or false: write true instead of yes\n"
            "p.yaml:8:9: wait needs a unit: write 5s for seconds or 5m for minutes\n"
            "p.yaml:9:9: page must be a size such as 64KiB, 4MiB or 10MB, not \"big\"\n"
            "p.yaml:10:9: pace must be one of slow, fast, not \"fsat\"; did you mean \"fast\"?\n"
            "p.yaml:11:11: prefix must be a text, not a list\n"
            "p.yaml:12:13: statuses must be a list, not a map; begin each item with \"- \"\n"
            "p.yaml:13:10: login must be a map of options (user, password), not a text");
}

TEST(Options, RangesAreSaidInTheirUnits) {
  EXPECT_EQ(source_problems("  ids: 0\n  wait: 5ms\n  page: 1000\n"),
            "p.yaml:6:8: ids.0 must be at least 1, not 0\n"
            "p.yaml:7:9: wait must be at least 10ms, not 5ms\n"
            "p.yaml:8:9: page must be at least 1KiB, not 1000");
  EXPECT_EQ(source_problems("  wait: 2m\n"), "p.yaml:6:9: wait must be at most 1m, not 2m");
}

TEST(Options, NothingIsNoValue) {
  EXPECT_EQ(source_problems("  prefix:\n  rate: ~\n  statuses: null\n"),
            "p.yaml:6:3: prefix has no value; write \"\" for an empty text, or remove it\n"
            "p.yaml:7:3: rate has no value; give it one or remove it\n"
            "p.yaml:8:3: statuses has no value; give it one or remove it");
}

TEST(Options, NothingIsTheWordNullWhereThatIsAChoice) {
  for (const auto* written : {"null", "'null'", "~"}) {
    const Loaded file(
        with_top("transforms: [{ use: check, rules: { a: { empty: " + std::string(written) + " } } }]\n"));
    ASSERT_TRUE(file.ok()) << file.problems();
    EXPECT_EQ(file->transforms.at(0).options.canonical(), R"({"rules":{"a":{"empty":"null"}}})");
  }
}

TEST(Options, DeprecatedOnesWarn) {
  const Loaded file(with_source("  legacy: x\n"));
  EXPECT_TRUE(file.ok());
  EXPECT_EQ(file.problems(), "p.yaml:6:3: warning: option \"legacy\" is deprecated: use prefix instead");
}

TEST(Options, AreHandedOverUnderTheNameOfToday) {
  const Loaded file(with_source("  speed: fast\n  login: { username: u }\n"));
  ASSERT_TRUE(file.ok()) << file.problems();
  EXPECT_EQ(file->source.options.canonical(), R"({"count":5,"pace":"fast","login":{"user":"u"}})");
  EXPECT_EQ(file->source.position_of("pace").line, 6);
  EXPECT_EQ(source_problems("  spede: fast\n").find("speed"), std::string::npos) << "only names of today are suggested";
  EXPECT_EQ(source_problems("  speed: quick\n"),
            "p.yaml:6:3: warning: option \"speed\" is now called \"pace\"; the old name still works\n"
            "p.yaml:6:10: pace must be one of slow, fast, not \"quick\"");
}

TEST(Options, NestedPathsStandInMessages) {
  const auto text =
      with_top("transforms:\n  - use: check\n    rules:\n      email: emial\n      amount: { min: x, mn: 1 }\n");
  EXPECT_EQ(Loaded(text).problems(),
            "p.yaml:12:14: rules.email.format must be one of email, url, not \"emial\"; did you mean \"email\"?\n"
            "p.yaml:13:22: rules.amount.min must be an integer, not \"x\"\n"
            "p.yaml:13:25: unknown option \"mn\" in rules.amount for transform check; did you mean \"min\"?");
}

TEST(Options, ShorthandStandsForTheObject) {
  const Loaded file(with_top("transforms:\n  - use: check\n    rules: { email: email }\n"));
  ASSERT_TRUE(file.ok()) << file.problems();
  EXPECT_EQ(file->transforms.at(0).options.canonical(), R"({"rules":{"email":{"format":"email"}}})");
  EXPECT_EQ(file->transforms.at(0).position_of("rules.email.format").column, 21);
}

TEST(Secrets, LiteralPasswordsWarn) {
  const std::string warning =
      " holds a password that everybody who reads this file can see; keep it outside and write ${env:NAME}";
  EXPECT_EQ(source_problems("  connection: mysql://u:hunter2@h/d\n"), "p.yaml:6:15: warning: connection" + warning);
  EXPECT_EQ(source_problems("  connection: mysql://h/d?password=hunter2\n"),
            "p.yaml:6:15: warning: connection" + warning);
  EXPECT_EQ(source_problems("  token: hunter2\n"), "p.yaml:6:10: warning: token" + warning);
  EXPECT_EQ(source_problems("  headers: { Authorization: hunter2 }\n"),
            "p.yaml:6:29: warning: headers.Authorization" + warning);
  EXPECT_EQ(source_problems("  connection: ${env:X:-mysql://u:hunter2@h/d}\n"),
            "p.yaml:6:15: warning: connection" + warning);
}

TEST(Secrets, WhatHoldsNoPasswordDoesNotWarn) {
  const std::map<std::string, std::string> variables{{"P", "hunter2"}};
  for (const auto* value : {"mysql://u@h/d", "mysql://u:@h/d", "mysql://u:${env:P}@h/d", "${env:P}", "sqlite:a.db",
                            "Bearer ${env:P}", "\"\""})
    EXPECT_EQ(source_problems("  connection: " + std::string(value) + "\n", variables), "") << value;
}

TEST(Secrets, NeverStandInAMessage) {
  const std::map<std::string, std::string> variables{{"S", "hunter2"}};
  for (const auto* lines :
       {"  token: [hunter2]\n", "  headers: hunter2\n", "  login: { user: [hunter2], password: { hunter2: 1 } }\n",
        "  ids: ${env:S}\n", "  pace: ${env:S}\n", "  wait: ${env:S}\n", "  strict: ${env:S}\n",
        "  login: ${env:S}\n"}) {
    const auto problems = source_problems(lines, variables);
    EXPECT_NE(problems, "") << lines;
    EXPECT_EQ(problems.find("hunter2"), std::string::npos) << problems;
  }
  EXPECT_EQ(source_problems("  ids: ${env:S}\n", variables),
            "p.yaml:6:8: ids.0 must be an integer within its limits, and what \"${env:S}\" gives is not");
}

}  // namespace
}  // namespace sentinel::config
