// Every option of every shipped plugin and policy, misspelt and of the wrong type: the answer must name the place, the
// option and the cure.
#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/stages/built_in_plugin.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace sentinel::config {
namespace {

// Where an option's line stands, and what leads to it.
struct OptionSpot {
  const sentinel_option* option = nullptr;
  std::string component, path;
  std::vector<std::string> before;  // the lines above it, from the first of the file
  std::string indent;
};

class EveryOption : public ::testing::Test {
 protected:
  EveryOption() : registry_({SENTINEL_PLUGIN_DIR}, {sentinel_builtin_stages, sentinel_top_level_keys}) {
    std::vector<Status> refused;
    for (const auto* info : registry_.all(refused))
      for (std::uint64_t i = 0; i < info->plugin->component_count; ++i) visit(*info->plugin->components[i]);
    EXPECT_TRUE(refused.empty());
    char pattern[] = "/tmp/sentinel-every-option-XXXXXX";
    folder_ = mkdtemp(pattern);
  }
  ~EveryOption() override { std::filesystem::remove_all(folder_); }

  void visit(const sentinel_component& component) {
    std::vector<std::string> lines = {"version: 1", "pipeline: p"};
    switch (component.kind) {
      case SENTINEL_KIND_SOURCE: lines.emplace_back("source:"); break;
      case SENTINEL_KIND_SINK: lines.emplace_back("sink:"); break;
      case SENTINEL_KIND_TRANSFORM: lines.insert(lines.end(), {"transforms:", "  -"}); break;
      default: lines.push_back(std::string(component.use) + ":");
    }
    const std::string indent = component.kind == SENTINEL_KIND_TRANSFORM ? "    " : "  ";
    if (!plugins::is_in_engine(component.kind)) lines.push_back(indent + "use: " + component.use);
    add_table(component.options, component.use, plugins::is_in_engine(component.kind) ? component.use : "", lines,
              indent);
  }

  void add_table(const sentinel_option_table* table, const std::string& component, const std::string& path,
                 const std::vector<std::string>& before, const std::string& indent) {
    for (std::uint32_t i = 0; table != nullptr && i < table->count; ++i) {
      const auto& option = *table->options[i];
      const auto own = path.empty() ? std::string(option.name) : path + "." + option.name;
      spots_.push_back({&option, component, own, before, indent});
      if (option.table == nullptr) continue;
      auto lines = before;
      lines.push_back(indent + option.name + ":");
      if (option.type == SENTINEL_TYPE_MAP) lines.push_back(indent + "  any:");
      if (option.type == SENTINEL_TYPE_LIST) lines.push_back(indent + "  -");
      const bool is_direct = option.type == SENTINEL_TYPE_OBJECT;
      add_table(option.table, component,
                own + (is_direct                          ? ""
                       : option.type == SENTINEL_TYPE_MAP ? ".any"
                                                          : ".0"),
                lines, indent + (is_direct ? "  " : "    "));
    }
  }

  // The problems of a file that ends with this entry, and the entry's own line.
  std::string problems_of(const OptionSpot& spot, const std::string& entry, std::string& place) {
    const auto path = (folder_ / "p.yaml").string();
    std::ofstream file(path);
    for (const auto& line : spot.before) file << line << "\n";
    file << spot.indent << entry << "\n";
    file.close();
    place = path + ":" + std::to_string(spot.before.size() + 1) + ":";
    std::string text;
    for (const auto& problem : load_pipeline_file(path, registry_, [](auto&) { return std::nullopt; }).problems)
      text += problem.to_string() + "\n";
    return text;
  }

  plugins::Registry registry_;
  std::filesystem::path folder_;
  std::vector<OptionSpot> spots_;
};

TEST_F(EveryOption, MisspeltByOneLetterIsNamedWithItsPlaceAndTheRightName) {
  ASSERT_GT(spots_.size(), 60u);
  for (const auto& spot : spots_) {
    const std::string right = spot.option->name;
    auto wrong = right;
    wrong.erase(wrong.size() / 2, 1);
    if ((spot.option->flags & SENTINEL_OPTION_DEPRECATED) != 0) continue;
    std::string place;
    const auto problems = problems_of(spot, wrong + ": x", place);
    const auto expected = place + std::to_string(spot.indent.size() + 1) + ": unknown option \"" + wrong + "\"";
    const auto at = problems.find(expected);
    ASSERT_NE(at, std::string::npos) << spot.component << " " << spot.path << "\n" << problems;
    const auto line = problems.substr(at, problems.find('\n', at) - at);
    EXPECT_NE(line.find("; did you mean \"" + right + "\"?"), std::string::npos) << line;
  }
}

// A value that the option's type never takes.
std::string wrong_value(const sentinel_option& option) {
  switch (option.type) {
    case SENTINEL_TYPE_MAP:
    case SENTINEL_TYPE_STRING: return "[a, b]";
    case SENTINEL_TYPE_LIST: return "{ a: b }";
    case SENTINEL_TYPE_OBJECT: return "[[a]]";
    default: return "never";
  }
}

TEST_F(EveryOption, OfTheWrongTypeIsNamedWithItsPlaceAndWhatItMustBe) {
  for (const auto& spot : spots_) {
    const auto entry = std::string(spot.option->name) + ": " + wrong_value(*spot.option);
    std::string place;
    const auto problems = problems_of(spot, entry, place);
    const auto column = spot.indent.size() + std::string(spot.option->name).size() + 3;
    const auto expected = place + std::to_string(column) + ": " + spot.path + " must be ";
    EXPECT_NE(problems.find(expected), std::string::npos) << expected << "\n" << problems;
  }
}

}  // namespace
}  // namespace sentinel::config
