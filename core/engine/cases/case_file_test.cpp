// Names of balance lines in a case file, of today and of before.
#include "engine/cases/case_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace sentinel::cases {
namespace {

LoadedCases load(const std::string& lines) {
  const auto path =
      std::filesystem::temp_directory_path() / ("sentinel-case-file-" + std::to_string(getpid()) + ".yaml");
  std::ofstream(path) << "pipeline: p.yaml\ncases:\n  - name: one\n    input: []\n    expect:\n      records: " << lines
                      << "\n";
  auto loaded = load_case_file(path.string());
  std::filesystem::remove(path);
  return loaded;
}

TEST(CaseFile, ExpectsDepartedRecords) {
  const auto loaded = load("{ departed: 2 }");
  ASSERT_TRUE(loaded.file.has_value());
  EXPECT_TRUE(loaded.problems.empty());
  EXPECT_EQ(loaded.file->cases.at(0).expect.records->departed, 2);
}

TEST(CaseFile, ReadsTheFormerNameOfDepartedWithAWarning) {
  const auto loaded = load("{ left: 2 }");
  ASSERT_TRUE(loaded.file.has_value());
  EXPECT_EQ(loaded.file->cases.at(0).expect.records->departed, 2);
  ASSERT_EQ(loaded.problems.size(), 1u);
  EXPECT_TRUE(loaded.problems[0].is_warning);
  EXPECT_EQ(loaded.problems[0].at.line, 6);
  EXPECT_EQ(loaded.problems[0].text,
            "option \"cases.0.expect.records.left\" is now called \"cases.0.expect.records.departed\"; the old name "
            "still works");
}

TEST(CaseFile, RefusesBothNames) {
  const auto loaded = load("{ left: 2, departed: 2 }");
  EXPECT_FALSE(loaded.file.has_value());
  EXPECT_TRUE(loaded.problems.back().text.find("is the former name of") != std::string::npos);
}

}  // namespace
}  // namespace sentinel::cases
