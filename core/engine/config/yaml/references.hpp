// Fills ${env:NAME}, ${env:NAME:-default} and ${file:/path} into the values of a parsed file. This happens after
// parsing, so that no value can add a key.
#pragma once

#include "engine/config/yaml/environment.hpp"
#include "engine/config/yaml/problems.hpp"
#include "engine/config/yaml/yaml_document.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sentinel::config {

class References {
 public:
  // Relative paths, and .env, are taken from the folder of the pipeline file that `problems` is about.
  References(const Environment& environment, Problems& problems);
  // Expands every value below the node; one that cannot be expanded is reported and refused.
  void expand(Node& node);

 private:
  std::optional<std::string> expanded(const Node& node);
  std::optional<std::string> resolve(std::string_view reference, Position at);
  std::optional<std::string> from_environment(std::string_view reference, Position at);
  std::optional<std::string> from_file(std::string_view path, Position at);
  std::optional<std::string> variable(const std::string& name);

  const Environment& environment_;
  Problems& problems_;
  std::string folder_;                                         // "" or ends with "/"
  std::optional<std::map<std::string, std::string>> dot_env_;  // read when first asked for
};

// What a value holds in the file itself: its text without references, but with their defaults.
struct Literal {
  std::string text;
  bool has_reference = false;
};
Literal literal_part(std::string_view written);

}  // namespace sentinel::config
