// A YAML text as a bounded tree in which every key and value has its line and column.
#pragma once

#include "engine/config/yaml/problems.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::config {

struct Entry;

struct Node {
  enum class Kind {
    kText,
    kNull,  // nothing, ~ or null
    kList,
    kMap,
    kRefused,  // wrong, and already reported
  };
  Kind kind = Kind::kNull;
  Position at;
  std::string text;          // of kText, never null: what it says now
  std::string written;       // of kText: what the file says, with its references
  bool is_expanded = false;  // `text` holds what a reference brought in
  std::vector<Node> items;
  std::vector<Entry> entries;  // keys are unique

  const Entry* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Position at;  // of the key
  Node value;
};

inline constexpr std::size_t kMaxFileBytes = 1 << 20;

// Reads one document. Nothing if the text cannot be read on; the reason is among the problems, as are anchors, aliases,
// tags, duplicate and merge keys, which do not stop the reading.
std::optional<Node> parse_yaml(std::string_view text, Problems& problems);

// "a list", "a map", "a text", "nothing".
std::string_view name_of(Node::Kind kind);

}  // namespace sentinel::config
