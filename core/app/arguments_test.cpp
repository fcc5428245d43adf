// Command lines: flags, typed values, positional arguments in order, and mistakes with their cure.
#include "app/arguments.hpp"

#include <gtest/gtest.h>

namespace sentinel::app {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

OptionSet declared() {
  return OptionSet()
      .flag("full", "read everything")
      .flag("take-over", "take it")
      .text("code", "CODE", "only these")
      .text("reason", "TEXT", "why")
      .integer("rows", "N", {1, 1000}, "how many", 10)
      .integer("limit", "N", {.minimum = 1}, "at most")
      .duration("every", "DURATION", 1s, "again and again")
      .choice("format", "FORMAT", {"csv", "json_lines"}, "how it is written", "json_lines")
      .pairs("set", "NAME=VALUE", "a field's value")
      .flag("help", "print this");
}

Arguments parsed(const Words& given) {
  auto arguments = declared().parse(given);
  EXPECT_TRUE(arguments) << arguments.error().message();
  return arguments ? *arguments : Arguments{};
}
std::string mistake(const OptionSet& options, const Words& given) {
  const auto arguments = options.parse(given);
  if (arguments) return "accepted";
  EXPECT_EQ(arguments.error().code(), Code::kInvalidConfig);
  return std::string(arguments.error().message());
}
std::string mistake(const Words& given) { return mistake(declared(), given); }

TEST(Arguments, PositionalsKeepTheirOrderAmongFlags) {
  const auto arguments = parsed({"b.yaml", "--full", "a.yaml", "--code", "conflict", "c.yaml"});
  EXPECT_EQ(arguments.positionals(), (Words{"b.yaml", "a.yaml", "c.yaml"}));
  EXPECT_TRUE(arguments.has("full"));
  EXPECT_FALSE(arguments.has("take-over"));
  EXPECT_EQ(arguments.text("code"), "conflict");
  EXPECT_EQ(arguments.text("reason"), "");
}

TEST(Arguments, NothingIsFine) { EXPECT_TRUE(parsed({}).positionals().empty()); }

TEST(Arguments, AValueMayStandBehindAnEqualsSign) {
  EXPECT_EQ(parsed({"--code=conflict"}).text("code"), "conflict");
  EXPECT_EQ(parsed({"--reason=a=b c"}).text("reason"), "a=b c");
  const auto empty = parsed({"--reason", ""});
  EXPECT_TRUE(empty.has("reason"));
  EXPECT_EQ(empty.text("reason"), "");
}

TEST(Arguments, OfAnOptionThatIsGivenTwiceTheLastCounts) {
  const auto arguments = parsed({"--code", "a", "--full", "--code=b", "--full", "--rows", "1", "--rows", "2"});
  EXPECT_EQ(arguments.text("code"), "b");
  EXPECT_TRUE(arguments.has("full"));
  EXPECT_EQ(arguments.integer("rows"), 2);
}

TEST(Arguments, ValuesHaveTypes) {
  const auto arguments = parsed({"--limit", "5", "--every", "2m", "--set", "a=1", "--set", "b=x=y", "--format=csv"});
  EXPECT_EQ(arguments.integer("limit"), 5);
  EXPECT_EQ(arguments.duration("every"), 2min);
  EXPECT_EQ(arguments.pairs("set"), (Arguments::Pairs{{"a", "1"}, {"b", "x=y"}}));
  EXPECT_EQ(arguments.text("format"), "csv");
  EXPECT_EQ(parsed({}).duration("every"), std::nullopt);
  EXPECT_TRUE(parsed({}).pairs("set").empty());
}

TEST(Arguments, ADefaultIsAValueThatWasNotGiven) {
  const auto arguments = parsed({});
  EXPECT_EQ(arguments.integer("rows"), 10);
  EXPECT_FALSE(arguments.has("rows"));
  EXPECT_EQ(arguments.text("format"), "json_lines");
  EXPECT_EQ(arguments.integer("limit"), std::nullopt);
}

TEST(Arguments, AnUnknownFlagIsNamedWithTheNearest) {
  EXPECT_EQ(mistake({"a.yaml", "--ful"}), "unknown flag --ful; did you mean --full?");
  EXPECT_EQ(mistake({"--takeover", "a.yaml"}), "unknown flag --takeover; did you mean --take-over?");
  EXPECT_EQ(mistake({"--cod=conflict"}), "unknown flag --cod; did you mean --code?");
  EXPECT_EQ(mistake({"--something-else"}), "unknown flag --something-else; see --help");
  EXPECT_EQ(mistake({"-x"}).substr(0, 15), "unknown flag -x");
}

TEST(Arguments, WhatIsNoOptionHasNoFlag) {
  EXPECT_EQ(mistake({"--positionals=a.yaml"}), "unknown flag --positionals; see --help");
  EXPECT_EQ(mistake({"--positionals", "a.yaml"}), "unknown flag --positionals; see --help");
}

TEST(Arguments, AFlagIsNotGuessedFromItsBeginning) { EXPECT_NE(mistake({"--take"}), "accepted"); }

TEST(Arguments, AMissingValueIsNamed) {
  const auto text = mistake({"a.yaml", "--code"});
  EXPECT_NE(text.find("--code"), std::string::npos) << text;
  EXPECT_NE(text.find("missing"), std::string::npos) << text;
  EXPECT_NE(text.find("see --help"), std::string::npos) << text;
}

TEST(Arguments, AFlagTakesNoValue) {
  const auto text = mistake({"--full=yes"});
  EXPECT_NE(text.find("--full"), std::string::npos) << text;
}

TEST(Arguments, AWrongValueIsNamedWithWhatItMustBe) {
  EXPECT_EQ(mistake({"--limit", "ten"}).substr(0, 26), "--limit must be an integer") << mistake({"--limit", "ten"});
  EXPECT_EQ(mistake({"--limit", "0"}), "--limit must be at least 1, not 0");
  EXPECT_EQ(mistake({"--limit", "-5"}), "--limit must be at least 1, not -5");
  EXPECT_EQ(mistake({"--rows", "1001"}), "--rows must be from 1 to 1000, not 1001");
  EXPECT_EQ(mistake({"--every", "soon"}).substr(0, 26), "--every must be a duration") << mistake({"--every", "soon"});
  EXPECT_EQ(mistake({"--every", "10ms"}), "--every must be at least 1s, not 10ms");
  EXPECT_EQ(mistake({"--format", "cvs"}), "unknown value \"cvs\" for --format; did you mean csv?");
  EXPECT_EQ(mistake({"--format", "parquet"}), "unknown value \"parquet\" for --format; there are csv, json_lines");
  EXPECT_EQ(mistake({"--set", "email"}), "--set must be NAME=VALUE, not \"email\"");
  EXPECT_EQ(mistake({"--set", "%prefix%"}), "--set must be NAME=VALUE, not \"%prefix%\"");
}

TEST(Arguments, WhatIsRequiredIsAskedForUnlessHelpIs) {
  const auto kind =
      OptionSet().choice("kind", "KIND", {"source", "sink"}, "what it is").required().flag("help", "print this");
  EXPECT_EQ(mistake(kind, {}), "--kind is required: --kind source or --kind sink");
  EXPECT_EQ(mistake(kind, {"--help"}), "accepted");
  EXPECT_EQ(kind.required_usage(), "--kind KIND");
  EXPECT_EQ(mistake(OptionSet().text("key", "KEY", "the source key").required().flag("help", ""), {}),
            "--key is required: --key KEY, the source key");
}

TEST(Arguments, BesideHelpNothingElseIsChecked) {
  for (const auto& given : std::vector<Words>{{"--every", "soon", "--help"},
                                              {"--help", "--rows", "0"},
                                              {"--no-such-flag", "--help"},
                                              {"a.yaml", "-x", "--help"},
                                              {"--code", "--help"}})
    EXPECT_TRUE(parsed(given).has("help")) << given.front();
  EXPECT_EQ(parsed({"--", "--help"}).positionals(), Words{"--help"});
}

TEST(Arguments, AnAddedOptionCanBeRequired) {
  const auto sum = [] { return OptionSet().text("key", "KEY", "the source key"); };
  const auto options = OptionSet().text("code", "CODE", "only these").add(sum()).required();
  EXPECT_EQ(options.required_usage(), "--key KEY");
  EXPECT_EQ(mistake(options, {}), "--key is required: --key KEY, the source key");
  EXPECT_EQ(mistake(OptionSet().text("code", "CODE", "only this").add(OptionSet()).required(), {}),
            "--code is required: --code CODE, only this");
}

TEST(Arguments, ALoneDashIsPositional) { EXPECT_EQ(parsed({"-"}).positionals(), Words{"-"}); }

TEST(Arguments, AskingForWhatIsNotDeclaredIsABug) {
  EXPECT_THROW(parsed({}).has("nothing"), std::logic_error);
  EXPECT_THROW(parsed({"--code", "a"}).integer("code"), std::logic_error);
}

TEST(Arguments, TheOptionsDocumentThemselves) {
  const auto text = declared().help();
  EXPECT_NE(text.find("  --full "), std::string::npos) << text;
  EXPECT_NE(text.find("  --code CODE "), std::string::npos) << text;
  EXPECT_NE(text.find("--rows N (=10) "), std::string::npos) << text;
  EXPECT_NE(text.find(" read everything\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" how many, 1 to 1000\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" at most (at least 1)\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" again and again (at least 1s)\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace sentinel::app
