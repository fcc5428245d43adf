// Loads a file in three steps: parse the text, expand its references, read its keys.
#include "engine/config/pipeline_file.hpp"

#include "engine/config/top_level_reader.hpp"
#include "engine/config/yaml/references.hpp"
#include "engine/config/yaml/text_file.hpp"
#include "engine/config/yaml/yaml_document.hpp"

#include <sentinel/did_you_mean.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace sentinel::config {
namespace {

// The other pipeline files of the folder.
std::vector<std::string> neighbours(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code fault;
  for (auto entry = std::filesystem::directory_iterator(folder.empty() ? "." : folder, fault);
       !fault && entry != std::filesystem::directory_iterator(); entry.increment(fault)) {
    const auto extension = entry->path().extension();
    if (extension == ".yaml" || extension == ".yml") names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string unreadable(const std::string& path, const Status& fault) {
  const std::filesystem::path place(path);
  std::error_code ignored;
  if (std::filesystem::is_directory(place, ignored)) {
    const auto inside = neighbours(place);
    return fault.message() + (inside.empty() ? "; name a pipeline file"
                                             : "; name a file in it, such as " + (place / inside.front()).string());
  }
  if (!is_missing_file(fault)) return fault.message();
  const auto folder = place.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
    return "no such file; there is no folder " + in_quotes(folder.string());
  const auto names = neighbours(folder);
  if (const auto meant = nearest(place.filename().string(), names))
    return "no such file; did you mean " + in_quotes((folder / *meant).string()) + "?";
  return names.empty() ? "no such file" : "no such file; there are: " + listed(names);
}

}  // namespace

LoadedFile load_pipeline_file(const std::string& path, ComponentCatalogue& catalogue, const Environment& environment,
                              std::span<const TopLevelKey> keys) {
  Problems problems(path);
  LoadedFile loaded;
  const auto content = read_text_file(path, kMaxFileBytes);
  if (!content.has_value()) problems.error({}, unreadable(path, content.error()));
  auto root = content.has_value() ? parse_yaml(*content, problems) : std::nullopt;
  if (root && root->kind == Node::Kind::kMap) {
    References(environment, problems).expand(*root);
    loaded.pipeline = read_top_level(*root, keys, catalogue, problems);
  } else if (root && root->kind == Node::Kind::kNull) {
    problems.error({}, "is empty; a pipeline file begins with \"version: 1\"");
  } else if (root) {
    problems.error(root->at, "a pipeline file is a map of keys, beginning with \"version: 1\"");
  }
  if (problems.has_errors()) loaded.pipeline.reset();
  loaded.problems = std::move(problems).in_order();
  return loaded;
}

}  // namespace sentinel::config
