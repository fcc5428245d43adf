// A tree of option values that owns its texts and lends itself over the boundary as a sentinel_value.
#pragma once

#include <sentinel/abi.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sentinel::config {

// A value type; copying copies the tree. Durations are milliseconds, sizes bytes, both as integers.
class OptionTree {
 public:
  using List = std::vector<OptionTree>;
  using Map = std::vector<std::pair<std::string, OptionTree>>;  // in the order written
  OptionTree() : value_(Map{}) {}
  static OptionTree text(std::string value) { return OptionTree(std::move(value)); }
  static OptionTree integer(std::int64_t value) { return OptionTree(value); }
  static OptionTree number(double value) { return OptionTree(value); }
  static OptionTree boolean(bool value) { return OptionTree(value); }
  static OptionTree list(List value) { return OptionTree(std::move(value)); }
  static OptionTree map(Map value) { return OptionTree(std::move(value)); }

  const std::variant<std::string, std::int64_t, double, bool, List, Map>& value() const { return value_; }
  // The member of a map, or null.
  const OptionTree* find(std::string_view key) const;
  // One line that two trees share only if they are equal: for identities and hashes.
  std::string canonical() const;

  // The tree as the boundary sees it: borrowed from this object, which must outlive and not change under it.
  class Lent;
  Lent lend() const;

 private:
  template <class T>
  explicit OptionTree(T value) : value_(std::move(value)) {}
  std::variant<std::string, std::int64_t, double, bool, List, Map> value_;
};

// Holds the C structs of a lent tree.
class OptionTree::Lent {
 public:
  explicit Lent(const OptionTree& tree);
  Lent(Lent&&) noexcept;
  ~Lent();
  const sentinel_value& root() const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

inline OptionTree::Lent OptionTree::lend() const { return Lent(*this); }

}  // namespace sentinel::config
