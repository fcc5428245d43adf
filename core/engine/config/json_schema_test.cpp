// The JSON Schema of the test catalogue, as a validator that is not ours understands it.
#include "engine/config/json_schema.hpp"
#include "engine/config/test_catalogue.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <string>
#include <vector>

#include <sys/wait.h>

namespace sentinel::config {
namespace {

class JsonSchema : public ::testing::Test {
 protected:
  JsonSchema() {
    TestCatalogue catalogue;
    schema_ = folder_.write("schema.json", json_schema(catalogue, refused_));
  }
  // Those of the files that the validator accepts.
  std::vector<std::string> accepted(const std::vector<std::string>& files) const {
    auto command = "python3 " SENTINEL_SCHEMA_JUDGE " " + schema_;
    for (const auto& file : files) command += " " + file;
    std::vector<std::string> valid;
    auto* pipe = popen(command.c_str(), "r");
    std::size_t judged = 0;
    for (char line[4096]; std::fgets(line, sizeof line, pipe) != nullptr; ++judged)
      if (const std::string text = line; text.ends_with(": valid\n")) valid.push_back(text.substr(0, text.rfind(": ")));
    const int code = WEXITSTATUS(pclose(pipe));
    EXPECT_EQ(judged, files.size()) << command;
    EXPECT_EQ(code, valid.size() == files.size() ? 0 : 1);
    return valid;
  }
  std::string written(const std::string& text) { return folder_.write("p" + std::to_string(++files_) + ".yaml", text); }
  static std::string golden(const std::string& name) { return SENTINEL_GOLDEN_CONFIG "/" + name + ".yaml"; }

  TestFolder folder_;
  std::vector<Status> refused_;
  std::string schema_;
  int files_ = 0;
};

TEST_F(JsonSchema, LeavesOutAComponentThatCannotBeLoadedAndSaysWhy) {
  ASSERT_EQ(refused_.size(), 1u);
  EXPECT_NE(refused_[0].message().find("refused.so"), std::string::npos);
}

TEST_F(JsonSchema, AcceptsEveryWayOfWritingEachType) {
  const std::vector<std::string> files = {
      golden("valid"),
      written(
          with_source("  prefix: 2024\n  connection: ${env:DB}\n  pace: fast\n  wait: 90s\n  page: 64KiB\n  rate: 20%\n"
                      "  strict: true\n  statuses: publish\n  paces: [slow, fast]\n  ids: [1, 2]\n"
                      "  columns: [a, { name: b, width: 3 }]\n  headers: { X-A: b }\n"
                      "  login: { user: u, password: \"${file:/x}\" }\n"
                      "transforms:\n  - { use: check, rules: { a: email, b: { min: 3 } } }\n")),
      written(with_source("  rate: 0.25\n  page: 2048\n  wait: ${env:WAIT:-1s}\n  strict: ${env:S}\n"))};
  EXPECT_EQ(accepted(files), files);
}

TEST_F(JsonSchema, AcceptsFormerNamesAsDeprecated) {
  const std::vector<std::string> files = {golden("former_names"), golden("former_values"),
                                          written(with_source("  login: { user: u }\n"))};
  EXPECT_EQ(accepted(files), files);
  TestCatalogue catalogue;
  std::vector<Status> refused;
  std::vector<TopLevelKey> keys(top_level_keys().begin(), top_level_keys().end());
  for (auto& key : keys)
    if (key.name == "sink") key.former_names = {"target"};
  const auto schema = nlohmann::json::parse(json_schema(catalogue, refused, keys));
  EXPECT_EQ(schema["properties"]["target"]["deprecated"], true);
  EXPECT_EQ(schema["properties"]["target"]["description"], "Former name of sink.");
  EXPECT_FALSE(schema["properties"]["sink"].contains("deprecated"));
  EXPECT_EQ(schema["properties"]["mirror"]["properties"]["deletes"]["anyOf"].back(),
            nlohmann::json::parse(R"({"const": "ignore", "deprecated": true, "description": "Former name of keep."})"));
}

TEST_F(JsonSchema, RefusesWhatEachTypeIsNot) {
  std::vector<std::string> files;
  for (const auto* name : {"everything", "misspelt_key", "misspelt_option", "text_at_top", "list_at_top", "wrong_kind"})
    files.push_back(golden(name));
  for (const auto* lines : {"  prefix: [a]\n", "  pace: quick\n", "  wait: 90\n", "  page: big\n", "  rate: much\n",
                            "  strict: maybe\n", "  ids: [x]\n", "  columns: [{ width: 3 }]\n", "  headers: [a]\n",
                            "  login: { password: x }\n", "  login: { user: u, pasword: x }\n"})
    files.push_back(written(with_source(lines)));
  files.push_back(written(with_top("money: { field: a, currency: NGN, currency_field: c }\n")));
  EXPECT_EQ(accepted(files), std::vector<std::string>{});
}

}  // namespace
}  // namespace sentinel::config
