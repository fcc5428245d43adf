// Command lines: flags, values, words in order, and mistakes with their cure.
#include "app/arguments.hpp"

#include <gtest/gtest.h>

namespace sentinel::app {
namespace {

const std::vector<Flag> kFlags = {{"full", "", "read everything"},
                                  {"take-over", "", "take it"},
                                  {"code", "CODE", "only these"},
                                  {"reason", "TEXT", "why"}};

Arguments parsed(const std::vector<std::string>& given) {
  auto arguments = parse_arguments(kFlags, given);
  EXPECT_TRUE(arguments) << arguments.error().message();
  return arguments ? *arguments : Arguments{};
}
std::string mistake(const std::vector<std::string>& given) {
  const auto arguments = parse_arguments(kFlags, given);
  if (arguments) return "accepted";
  EXPECT_EQ(arguments.error().code(), Code::kInvalidConfig);
  return arguments.error().message();
}

TEST(Arguments, WordsKeepTheirOrderAmongFlags) {
  const auto arguments = parsed({"b.yaml", "--full", "a.yaml", "--code", "conflict", "c.yaml"});
  EXPECT_EQ(arguments.words(), (std::vector<std::string>{"b.yaml", "a.yaml", "c.yaml"}));
  EXPECT_TRUE(arguments.has("full"));
  EXPECT_FALSE(arguments.has("take-over"));
  EXPECT_EQ(arguments.value("code"), "conflict");
  EXPECT_EQ(arguments.value("reason"), "");
}

TEST(Arguments, NothingIsFine) { EXPECT_TRUE(parsed({}).words().empty()); }

TEST(Arguments, AValueMayStandBehindAnEqualsSign) {
  EXPECT_EQ(parsed({"--code=conflict"}).value("code"), "conflict");
  EXPECT_EQ(parsed({"--reason=a=b c"}).value("reason"), "a=b c");
  const auto empty = parsed({"--reason", ""});
  EXPECT_TRUE(empty.has("reason"));
  EXPECT_EQ(empty.value("reason"), "");
}

TEST(Arguments, AnUnknownFlagIsNamedWithTheNearest) {
  EXPECT_EQ(mistake({"a.yaml", "--ful"}), "unknown flag --ful; did you mean --full?");
  EXPECT_EQ(mistake({"--takeover", "a.yaml"}), "unknown flag --takeover; did you mean --take-over?");
  EXPECT_EQ(mistake({"--cod=conflict"}), "unknown flag --cod; did you mean --code?");
  EXPECT_EQ(mistake({"--something-else"}), "unknown flag --something-else; see --help");
  EXPECT_EQ(mistake({"-x"}).substr(0, 15), "unknown flag -x");
}

TEST(Arguments, TheInternalNameOfWordsIsNoFlag) {
  EXPECT_EQ(mistake({"--words=a.yaml"}).substr(0, 20), "unknown flag --words");
  EXPECT_EQ(mistake({"--words", "a.yaml"}).substr(0, 20), "unknown flag --words");
}

TEST(Arguments, AFlagIsNotGuessedFromItsBeginning) { EXPECT_NE(mistake({"--take"}), "accepted"); }

TEST(Arguments, AMissingValueIsNamed) {
  const auto text = mistake({"a.yaml", "--code"});
  EXPECT_NE(text.find("--code"), std::string::npos) << text;
  EXPECT_NE(text.find("missing"), std::string::npos) << text;
  EXPECT_NE(text.find("see --help"), std::string::npos) << text;
}

TEST(Arguments, ASwitchTakesNoValue) {
  const auto text = mistake({"--full=yes"});
  EXPECT_NE(text.find("--full"), std::string::npos) << text;
}

TEST(Arguments, ALoneDashIsAWord) { EXPECT_EQ(parsed({"-"}).words(), std::vector<std::string>{"-"}); }

TEST(Arguments, TheFlagsDescribeThemselves) {
  const auto text = describe_flags(kFlags);
  EXPECT_EQ(text.substr(0, text.find('\n')), "  --full                     read everything");
  EXPECT_NE(text.find("  --code CODE                only these\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace sentinel::app
