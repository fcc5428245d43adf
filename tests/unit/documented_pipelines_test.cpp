// Every YAML block of the documentation loads without a word: a whole pipeline file as it stands, one marked `yaml
// fragment` once the keys that it leaves out are filled in.
#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/stages/built_in_plugin.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sentinel::config {
namespace {

namespace fs = std::filesystem;

struct Block {
  std::string page;
  bool is_fragment = false;
  std::string text;  // begins with as many empty lines as stand above it in the page, so that positions agree
};

std::vector<Block> blocks_of(const fs::path& page) {
  std::vector<Block> blocks;
  std::ifstream in(page);
  std::string above, line;
  bool inside = false;
  while (std::getline(in, line)) {
    above += '\n';
    if (inside && line == "```")
      inside = false;
    else if (inside)
      blocks.back().text += line + "\n";
    else if ((inside = line == "```yaml" || line == "```yaml fragment"))
      blocks.push_back({page.string(), line != "```yaml", above});
    else  // a case file is no pipeline file: tests/golden/cases has its own
      EXPECT_TRUE(!line.starts_with("```yaml") || line == "```yaml case")
          << page << ": a block is `yaml`, `yaml fragment` or `yaml case`, not " << line;
  }
  return blocks;
}

std::vector<Block> documented_blocks() {
  const fs::path root(SENTINEL_SOURCE_DIR);
  auto blocks = blocks_of(root / "README.md");
  for (const auto* folder : {"docs", "pipelines", "plugins"})
    for (const auto& entry : fs::recursive_directory_iterator(root / folder))
      if (entry.path().extension() == ".md")
        for (auto& block : blocks_of(entry.path())) blocks.push_back(std::move(block));
  return blocks;
}

std::string completed(std::string text) {
  const std::pair<const char*, const char*> kRest[] = {
      {"version:", "version: 1"},
      {"pipeline:", "pipeline: fragment"},
      {"source:", "source: { use: sql, connection: '${env:A}', table: t, key: [id] }"},
      {"sink:", "sink: { use: sql, connection: '${env:B}', table: t, key: [id] }"}};
  for (const auto& [key, line] : kRest)
    if (text.find(std::string("\n") + key) == std::string::npos) text += std::string(line) + "\n";
  return text;
}

class File {
 public:
  explicit File(const std::string& text)
      : path_(fs::temp_directory_path() / ("sentinel-block-" + std::to_string(getpid()) + ".yaml")) {
    std::ofstream(path_) << text;
  }
  File(const File&) = delete;
  ~File() { fs::remove(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

TEST(DocumentedPipelines, EveryBlockLoadsWithoutAWord) {
  plugins::Registry registry({SENTINEL_PLUGIN_DIR}, {sentinel_builtin_stages});
  const auto any = [](const std::string&) { return std::optional<std::string>("sqlite:anything.db"); };
  const auto blocks = documented_blocks();
  EXPECT_GE(blocks.size(), 5U);
  for (const auto& block : blocks) {
    const File file(block.is_fragment ? completed(block.text) : block.text);
    const auto loaded = load_pipeline_file(file.path().string(), registry, any);
    for (const auto& problem : loaded.problems)
      ADD_FAILURE() << block.page << ":" << problem.at.line << ":" << problem.at.column << ": " << problem.text;
  }
}

}  // namespace
}  // namespace sentinel::config
