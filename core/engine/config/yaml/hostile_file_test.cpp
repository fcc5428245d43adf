// Files that want to hang, crash or bloat the reader.
#include "engine/config/test_catalogue.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <random>

namespace sentinel::config {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(HostileFile, AliasesAreRefusedEvenToThemselves) {
  EXPECT_EQ(Loaded(with_source("  statuses: &a [*a]\n")).problems(),
            "p.yaml:6:13: anchors (&name) are not supported; write the value out\n"
            "p.yaml:6:17: aliases (*name) are not supported; write the value out");
}

TEST(HostileFile, DepthIsBounded) {
  EXPECT_EQ(Loaded(repeated("[", 40) + repeated("]", 40)).problems(),
            "p.yaml:1:33: lists and maps are nested deeper than 32");
  for (const auto* opening : {"[", "{a: ", "- ", "? "})
    EXPECT_NE(Loaded(repeated(opening, 100000)).problems().find("nested deeper than 32"), std::string::npos) << opening;
}

TEST(HostileFile, TheNumberOfValuesIsBounded) {
  EXPECT_NE(Loaded("a: [" + repeated("1,", 100100) + "1]").problems().find("more than 100000 values"),
            std::string::npos);
}

TEST(HostileFile, BytesThatAreNoTextAreRefused) {
  EXPECT_EQ(Loaded(with_source("  prefix: \xff\n")).problems(),
            "p.yaml:6:1: the line is not UTF-8 text; save the file as UTF-8");
  EXPECT_EQ(Loaded(std::string("version: 1\n\0", 12)).problems(),
            "p.yaml:2:1: the line is not UTF-8 text; save the file as UTF-8");
  EXPECT_EQ(Loaded(with_source("  prefix: \"a\\0b\"\n")).problems(),
            "p.yaml:6:11: a zero byte is not allowed in a value");
}

TEST(HostileFile, TabsInsideLiteralTextAreContent) {
  const Loaded file(with_source("  prefix: |\n    a\n    \tb\n"));
  ASSERT_TRUE(file.ok()) << file.problems();
  EXPECT_EQ(file->source.options.find("prefix")->canonical(), R"("a\n	b\n")");
}

// Cuts, doubles, swaps and pokes; whatever comes of it, an answer must come, and within the limits.
TEST(HostileFile, MutationsNeverCrashOrHang) {
  const auto seed = static_cast<std::uint32_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  const auto up_to = [&](std::size_t limit) { return static_cast<std::size_t>(random() % (limit + 1)); };
  const std::string valid =
      with_source("  statuses: [a, 'b', \"c\\n\"]\n  login:\n    user: ${env:U:-x}\n  prefix: |\n    text\n") +
      "transforms:\n  - use: check\n    rules: { email: email, amount: { min: 1 } }\n"
      "money: { field: f, currency: NGN }\nretry: { initial: 200ms, max: 30s }\n";
  const std::vector<std::string> pieces{
      "&a ", "*a",           "<<: ", "? ",     "- ",    "[",   "]", "{",  "}",     ": ",    "\n",          "\t",
      "${",  "$${",          "}",    "!!str ", "\"",    "'",   "|", ">",  "---\n", "...\n", "%YAML 1.2\n", "#",
      "\r",  "\xEF\xBB\xBF", "\xff", "₦",      "use: ", "010", "~", "\\x"};
  const TestFolder folder;
  int accepted = 0;
  for (int round = 0; round < 4000; ++round) {
    auto text = valid;
    for (auto edits = 1 + up_to(2); edits > 0; --edits) {
      const auto at = up_to(text.size());
      switch (random() % 4) {
        case 0: text.erase(at, up_to(20)); break;
        case 1: text.insert(at, pieces[up_to(pieces.size() - 1)]); break;
        case 2: text.insert(at, text.substr(up_to(text.size()), up_to(40))); break;
        default:
          if (at < text.size()) text[at] = static_cast<char>(' ' + random() % 95);
      }
    }
    const Loaded file(folder, text, {});
    accepted += file.ok() ? 1 : 0;
    ASSERT_TRUE(file.ok() || !file.problems().empty()) << text;
  }
  std::cout << accepted << " of 4000 were still valid\n";
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, 4000);
}

}  // namespace
}  // namespace sentinel::config
