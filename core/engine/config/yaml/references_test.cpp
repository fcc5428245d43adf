// ${env:…}, ${file:…} and .env.
#include "engine/config/yaml/references.hpp"

#include "engine/config/test_catalogue.hpp"
#include "engine/config/yaml/text_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include <sys/stat.h>

namespace sentinel::config {
namespace {

std::string prefix_of(const Loaded& file) {
  EXPECT_TRUE(file.ok()) << file.problems();
  return file.ok() ? std::get<std::string>(file->source.options.find("prefix")->value()) : "";
}
std::string prefix(const std::string& value, const std::map<std::string, std::string>& variables = {}) {
  return prefix_of(Loaded(with_source("  prefix: '" + value + "'\n"), variables));
}
std::string fault(const std::string& value, const std::map<std::string, std::string>& variables = {}) {
  return Loaded(with_source("  prefix: '" + value + "'\n"), variables).problems();
}

TEST(References, FillInVariables) {
  EXPECT_EQ(prefix("a${env:X}b${env:Y}", {{"X", "1"}, {"Y", "2"}}), "a1b2");
  EXPECT_EQ(prefix("${env:X:-d e}"), "d e");
  EXPECT_EQ(prefix("${env:X:-d}", {{"X", ""}}), "d");
  EXPECT_EQ(prefix("${env:X:-}"), "");
  EXPECT_EQ(prefix("${env:X}", {{"X", ""}}), "");
}

TEST(References, DollarsStandForThemselves) {
  EXPECT_EQ(prefix("$5 $$ $${env:X} a$"), "$5 $$ ${env:X} a$");
  EXPECT_EQ(prefix("$$${env:X}"), "$${env:X}");
}

TEST(References, ValuesAreNeitherYamlNorReferences) {
  EXPECT_EQ(prefix("${env:X}", {{"X", "a: [b\n  - ${env:Y}"}}), "a: [b\n  - ${env:Y}");
  EXPECT_EQ(prefix_of(Loaded(with_source("  prefix: ${env:X}\n"), {{"X", "~"}})), "~");
}

TEST(References, NumbersMayComeFromVariables) {
  const Loaded file(with_source("  rate: ${env:R}\n"), {{"R", "20%"}});
  ASSERT_TRUE(file.ok()) << file.problems();
  EXPECT_EQ(std::get<double>(file->source.options.find("rate")->value()), 0.2);
}

TEST(References, WrongOnesSayTheCure) {
  EXPECT_EQ(fault("${env:NO}"), "p.yaml:6:11: NO is not set; export NO=… or write it into .env");
  EXPECT_EQ(fault("${NO}"),
            "p.yaml:6:11: unknown reference \"${NO}\"; write ${env:NO}, or $${ where it stands for itself");
  EXPECT_EQ(fault("${vault:a/b}"),
            "p.yaml:6:11: unknown reference \"${vault:a/b}\"; write ${env:NAME} or ${file:/path}, or $${ where it "
            "stands for itself");
  EXPECT_EQ(fault("${env:A B}"),
            "p.yaml:6:11: \"A B\" is no name of a variable; write ${env:NAME} or ${env:NAME:-default}");
  EXPECT_EQ(fault("${env:X"),
            "p.yaml:6:11: a \"${\" is not closed; write ${env:NAME}, or $${ where it stands for itself");
  EXPECT_EQ(fault("${env:X:-${env:Y}}"), "p.yaml:6:11: a reference cannot stand inside another one");
  EXPECT_EQ(fault("${env:X}", {{"X", "\xff"}}), "p.yaml:6:11: the value of X is not UTF-8 text");
  EXPECT_EQ(fault("${file:}"), "p.yaml:6:11: a file reference needs a path: ${file:/run/secrets/name}");
}

TEST(References, KeysAreNotExpanded) {
  const Loaded file(with_top("transforms:\n  - use: check\n    rules: { \"${env:NO}\": email }\n"));
  ASSERT_TRUE(file.ok()) << file.problems();
  EXPECT_NE(file->transforms.at(0).options.find("rules")->find("${env:NO}"), nullptr);
}

TEST(DotEnv, SuppliesWhatTheEnvironmentLacks) {
  const TestFolder folder;
  folder.write(".env",
               "# comment\n\nA=1\nexport B = two words # note\nC='x # $y'\nD=\"l1\\nl2 \\\"q\\\"\" # "
               "note\nE=a#b\nF=\r\nG=x=y\n");
  const auto text = with_source("  prefix: \"${env:A}|${env:B}|${env:C}|${env:D}|${env:E}|${env:F}|${env:G}\"\n");
  EXPECT_EQ(prefix_of(Loaded(folder, text, {})), "1|two words|x # $y|l1\nl2 \"q\"|a#b||x=y");
  EXPECT_EQ(prefix_of(Loaded(folder, text, {{"A", "environment"}})),
            "environment|two words|x # $y|l1\nl2 \"q\"|a#b||x=y");
}

TEST(DotEnv, MistakesHaveFileAndLineAndNoValue) {
  const TestFolder folder;
  const auto path = folder.write(".env", "A=1\nhunter2\nB-C=hunter2\nD='hunter2\nE=\"hunter2\" hunter2\nA=hunter2\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  EXPECT_EQ(Loaded(folder, with_source("  prefix: ${env:A}\n"), {}).problems(),
            ".env:2:1: has no \"=\"; a line reads NAME=value\n"
            ".env:3:1: has no name in front of \"=\"; a name is made of letters, digits and _\n"
            ".env:4:1: the value of D has no closing quote\n"
            ".env:5:1: the value of E continues after the closing quote\n"
            ".env:6:1: warning: A is given twice; the last one counts");
}

TEST(DotEnv, ThatEveryUserCanReadIsAWarning) {
  const TestFolder folder;
  const auto path = folder.write(".env", "A=hunter2\n");
  using std::filesystem::perms;
  std::filesystem::permissions(path, perms::owner_all | perms::group_read);
  EXPECT_EQ(Loaded(folder, with_source("  prefix: ${env:A}\n"), {}).problems(), "");
  std::filesystem::permissions(path, perms::owner_all | perms::others_read);
  const Loaded file(folder, with_source("  prefix: ${env:A}\n"), {});
  EXPECT_TRUE(file.ok());
  EXPECT_NE(file.problems().find(".env: warning: every user of this machine can read it; write: chmod 600 "),
            std::string::npos)
      << file.problems();
}

TEST(DotEnv, IsNotOpenedWithoutNeed) {
  const TestFolder folder;
  folder.write(".env", "broken");
  EXPECT_EQ(Loaded(folder, with_source(""), {}).problems(), "");
}

TEST(SecretFiles, LoseOneNewline) {
  const TestFolder folder;
  const auto secret = folder.write("secret", "a b\n\n");
  ::chmod(secret.c_str(), 0600);
  EXPECT_EQ(prefix_of(Loaded(folder, with_source("  prefix: ${file:" + secret + "}\n"), {})), "a b\n");
  EXPECT_EQ(prefix_of(Loaded(folder, with_source("  prefix: ${file:secret}\n"), {})), "a b\n");
}

TEST(SecretFiles, OpenOnesWarnOrAreRefused) {
  const TestFolder folder;
  const auto secret = folder.write("secret", "hunter2");
  const auto text = with_source("  prefix: ${file:secret}\n");
  ::chmod(secret.c_str(), 0644);
  EXPECT_EQ(Loaded(folder, text, {}).problems(),
            "p.yaml:6:11: warning: secret: can be read by every user; run chmod 600 on it");
  ::chmod(secret.c_str(), 0602);
  EXPECT_EQ(Loaded(folder, text, {}).problems(),
            "p.yaml:6:11: secret: can be changed by other users; make it yours and run chmod 600 on it");
}

TEST(SecretFiles, BelongToTheCallerOrRoot) {
  EXPECT_EQ(exposure_of(1000, 0600, 1000), Exposure::kNone);
  EXPECT_EQ(exposure_of(0, 0600, 1000), Exposure::kNone);
  EXPECT_EQ(exposure_of(1001, 0600, 1000), Exposure::kReplaceable);
  EXPECT_EQ(exposure_of(1000, 0640, 1000), Exposure::kNone);
  EXPECT_EQ(exposure_of(1000, 0604, 1000), Exposure::kReadable);
  EXPECT_EQ(exposure_of(1000, 0606, 1000), Exposure::kReplaceable);
}

TEST(SecretFiles, MayBeReachedThroughALinkOfTheCaller) {
  const TestFolder folder;
  ::chmod(folder.write("target", "x").c_str(), 0600);
  std::filesystem::create_symlink("target", folder.path() / "secret");
  EXPECT_EQ(prefix_of(Loaded(folder, with_source("  prefix: ${file:secret}\n"), {})), "x");
}

TEST(SecretFiles, MustExistAndBeFiles) {
  const TestFolder folder;
  EXPECT_EQ(Loaded(folder, with_source("  prefix: ${file:/nowhere/x}\n"), {}).problems(),
            "p.yaml:6:11: /nowhere/x: no such file");
  EXPECT_EQ(Loaded(folder, with_source("  prefix: ${file:/tmp}\n"), {}).problems(),
            "p.yaml:6:11: /tmp: is a directory");
  ::mkfifo((folder.path() / "pipe").c_str(), 0600);
  EXPECT_EQ(Loaded(folder, with_source("  prefix: ${file:pipe}\n"), {}).problems(),
            "p.yaml:6:11: pipe: is not a regular file");
}

}  // namespace
}  // namespace sentinel::config
