// What may stand at the top level of a pipeline file: judged by the reader, printed by the reference.
#pragma once

#include <span>
#include <string_view>

namespace sentinel::config {

struct TopLevelKey {
  std::string_view name;
  bool is_required = false;
  std::string_view doc;
};

// In the order in which a file is best written.
std::span<const TopLevelKey> top_level_keys();

}  // namespace sentinel::config
