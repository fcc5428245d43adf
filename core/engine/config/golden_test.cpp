// Runs tests/golden/config: each <name>.yaml must give exactly the problems in <name>.expected.
#include "engine/config/test_catalogue.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace sentinel::config {
namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// As a person sees them who stands in the file's folder.
std::string problems_of(const std::filesystem::path& file) {
  TestCatalogue catalogue;
  const auto folder = file.parent_path().string() + "/";
  const auto loaded = load_pipeline_file(file.string(), catalogue, environment_of({{"PASSWORD", "hunter2"}}));
  std::string out;
  for (const auto& problem : loaded.problems) out += problem.to_string() + "\n";
  for (auto at = out.find(folder); at != std::string::npos; at = out.find(folder)) out.erase(at, folder.size());
  return out;
}

TEST(Golden, EveryFileGivesItsExpectedProblems) {
  int cases = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(SENTINEL_GOLDEN_CONFIG)) {
    if (entry.path().extension() != ".yaml") continue;
    auto expected = entry.path();
    expected.replace_extension(".expected");
    EXPECT_TRUE(std::filesystem::exists(expected)) << expected;
    EXPECT_EQ(problems_of(entry.path()), content_of(expected)) << entry.path();
    ++cases;
  }
  EXPECT_GE(cases, 10);
}

}  // namespace
}  // namespace sentinel::config
