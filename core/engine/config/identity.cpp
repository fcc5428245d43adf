// Brings options into one canonical order, whatever the order or spelling in the file.
#include "engine/config/identity.hpp"

#include "engine/config/option_reader.hpp"
#include "engine/config/url_text.hpp"
#include "engine/config/yaml/yaml_document.hpp"
#include "engine/ledger/content_hash.hpp"

#include <fmt/format.h>

#include <optional>
#include <variant>

namespace sentinel::config {
namespace {

enum class View { kIdentity, kMapping };

// The first name that the option had: a new one is no other source and no other mapping.
std::string first_name(const sentinel_option& option) {
  const auto former = former_names(option);
  return former.empty() ? option.name : std::string(former.front());
}

OptionTree ordered(const sentinel_option_table* table, const OptionTree& options, View view);

bool is_empty(const OptionTree& tree) {
  const auto& value = tree.value();
  if (const auto* text = std::get_if<std::string>(&value)) return text->empty();
  if (const auto* list = std::get_if<OptionTree::List>(&value)) return list->empty();
  const auto* map = std::get_if<OptionTree::Map>(&value);
  return map != nullptr && map->empty();
}

OptionTree cleaned(const OptionTree& tree, std::int32_t type, const sentinel_option& option, View view) {
  if (type == SENTINEL_TYPE_OBJECT) return ordered(option.table, tree, view);
  if (const auto* text = std::get_if<std::string>(&tree.value()))
    return OptionTree::text(view == View::kIdentity ? without_userinfo_and_query(*text) : without_userinfo(*text));
  if (const auto* list = std::get_if<OptionTree::List>(&tree.value())) {
    OptionTree::List items;
    for (const auto& item : *list) items.push_back(cleaned(item, option.element_type, option, view));
    return OptionTree::list(std::move(items));
  }
  if (const auto* map = std::get_if<OptionTree::Map>(&tree.value())) {
    OptionTree::Map entries;
    for (const auto& [key, value] : *map) entries.emplace_back(key, cleaned(value, option.element_type, option, view));
    return OptionTree::map(std::move(entries));
  }
  return tree;
}

// What the option's default would give if it stood in the file.
std::optional<OptionTree> default_of(const sentinel_option& option) {
  if (option.type == SENTINEL_TYPE_OBJECT) return OptionTree();
  if (option.default_text == nullptr) return std::nullopt;
  Problems ignored("default");
  std::optional<Node> node;
  if (option.type == SENTINEL_TYPE_LIST || option.type == SENTINEL_TYPE_MAP) {
    node = parse_yaml(option.default_text, ignored);
  } else {
    node.emplace();
    node->kind = Node::Kind::kText;
    node->text = node->written = option.default_text;
  }
  if (!node) return OptionTree::text(option.default_text);
  Positions nowhere;
  return OptionReader("", ignored, nowhere).read_value(*node, option, option.name);
}

OptionTree ordered(const sentinel_option_table* table, const OptionTree& options, View view) {
  OptionTree::Map out;
  for (std::uint32_t i = 0; table != nullptr && i < table->count; ++i) {
    const auto& option = *table->options[i];
    if (view == View::kMapping && (option.flags & SENTINEL_OPTION_SECRET) != 0) continue;
    const auto* written = options.find(option.name);
    const auto value = written != nullptr        ? std::optional(*written)
                       : view == View::kIdentity ? default_of(option)
                                                 : std::nullopt;
    if (!value) continue;
    auto clean = cleaned(*value, option.type, option, view);
    // An empty default has no text in the table: written or not, it is the same.
    if (view == View::kMapping || !is_empty(clean)) out.emplace_back(first_name(option), std::move(clean));
  }
  return OptionTree::map(std::move(out));
}

// The identity options, and those inside objects that are not identity as a whole.
OptionTree identity_of(const sentinel_option_table* table, const OptionTree& options) {
  const auto all = ordered(table, options, View::kIdentity);
  OptionTree::Map out;
  for (std::uint32_t i = 0; table != nullptr && i < table->count; ++i) {
    const auto& option = *table->options[i];
    const auto* value = all.find(first_name(option));
    if (value == nullptr) continue;
    if ((option.flags & SENTINEL_OPTION_IDENTITY) != 0)
      out.emplace_back(first_name(option), *value);
    else if (option.type == SENTINEL_TYPE_OBJECT) {
      auto inner = identity_of(option.table, *value);
      if (!is_empty(inner)) out.emplace_back(first_name(option), std::move(inner));
    }
  }
  return OptionTree::map(std::move(out));
}

}  // namespace

std::string source_identity(const sentinel_component& source, const OptionTree& options) {
  constexpr std::size_t kDigits = 16;
  const auto hash = ledger::content_hash(identity_of(source.options, options).canonical()).substr(0, kDigits);
  return fmt::format("{}/{}/{}", source.use, source.cursor_version, hash);
}

std::string mapping_text(const char* use, const sentinel_option_table* table, const OptionTree& options) {
  return std::string(use) + " " + ordered(table, options, View::kMapping).canonical() + "\n";
}

}  // namespace sentinel::config
