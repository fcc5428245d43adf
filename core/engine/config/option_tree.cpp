// Writes an option tree as one canonical line, and lends it over the boundary as C structs.
#include "engine/config/option_tree.hpp"

#include <sentinel/boundary.hpp>

#include <array>
#include <type_traits>

namespace sentinel::config {
namespace {

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  out += '"';
}

// Marked, so that 1.0 and the integer 1 differ.
void append_number(std::string& out, double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out += '#';
  out.append(digits.data(), end);
}

void append(std::string& out, const OptionTree& tree) {
  std::visit(
      [&out](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::string>)
          append_text(out, value);
        else if constexpr (std::is_same_v<T, std::int64_t>)
          out += std::to_string(value);
        else if constexpr (std::is_same_v<T, double>)
          append_number(out, value);
        else if constexpr (std::is_same_v<T, bool>)
          out += value ? "true" : "false";
        else if constexpr (std::is_same_v<T, OptionTree::List>) {
          out += '[';
          for (std::size_t i = 0; i < value.size(); ++i) {
            if (i > 0) out += ',';
            append(out, value[i]);
          }
          out += ']';
        } else {
          out += '{';
          for (std::size_t i = 0; i < value.size(); ++i) {
            if (i > 0) out += ',';
            append_text(out, value[i].first);
            out += ':';
            append(out, value[i].second);
          }
          out += '}';
        }
      },
      tree.value());
}

}  // namespace

const OptionTree* OptionTree::find(std::string_view key) const {
  const auto* map = std::get_if<Map>(&value_);
  if (map == nullptr) return nullptr;
  for (const auto& [name, value] : *map)
    if (name == key) return &value;
  return nullptr;
}

std::string OptionTree::canonical() const {
  std::string out;
  append(out, *this);
  return out;
}

struct OptionTree::Lent::Node {
  explicit Node(const OptionTree& tree) {
    value.struct_size = sizeof value;
    std::visit([this](const auto& held) { fill(held); }, tree.value());
    for (const auto& child : children) items.push_back(&child->value);
    value.count = items.size();
    value.items = items.empty() ? nullptr : items.data();
    value.keys = keys.empty() ? nullptr : keys.data();
  }
  void fill(const std::string& text) {
    value.kind = SENTINEL_VALUE_TEXT;
    value.text = to_text(text);
  }
  void fill(const std::int64_t& integer) {
    value.kind = SENTINEL_VALUE_INTEGER;
    value.integer = integer;
  }
  void fill(const double& number) {
    value.kind = SENTINEL_VALUE_NUMBER;
    value.number = number;
  }
  void fill(const bool& boolean) {
    value.kind = SENTINEL_VALUE_BOOLEAN;
    value.integer = boolean ? 1 : 0;
  }
  void fill(const List& list) {
    value.kind = SENTINEL_VALUE_LIST;
    for (const auto& item : list) children.push_back(std::make_unique<Node>(item));
  }
  void fill(const Map& map) {
    value.kind = SENTINEL_VALUE_MAP;
    for (const auto& [key, item] : map) {
      keys.push_back(to_text(key));
      children.push_back(std::make_unique<Node>(item));
    }
  }

  sentinel_value value{};
  std::vector<sentinel_text> keys;
  std::vector<std::unique_ptr<Node>> children;
  std::vector<const sentinel_value*> items;
};

OptionTree::Lent::Lent(const OptionTree& tree) : root_(std::make_unique<Node>(tree)) {}
OptionTree::Lent::Lent(Lent&&) noexcept = default;
OptionTree::Lent::~Lent() = default;
const sentinel_value& OptionTree::Lent::root() const { return root_->value; }

}  // namespace sentinel::config
