// Finds the component, then reads the options beside `use:` by its table.
#include "engine/config/stage_reader.hpp"

#include "engine/config/option_reader.hpp"
#include "engine/config/top_level_keys.hpp"

#include <sentinel/did_you_mean.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace sentinel::config {
namespace {

constexpr std::array<std::pair<std::int32_t, std::string_view>, 3> kKinds{
    {{SENTINEL_KIND_SOURCE, "source"}, {SENTINEL_KIND_TRANSFORM, "transform"}, {SENTINEL_KIND_SINK, "sink"}}};

std::string kind_word(std::int32_t kind) {
  for (const auto& [number, word] : kKinds)
    if (number == kind) return std::string(word);
  return "stage";
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The name becomes part of a file name: no other characters may get there.
bool is_component_name(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  return !name.empty() && name.size() <= kLongest && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

class StageReader {
 public:
  StageReader(const Node& node, std::int32_t kind, std::string_view key, ComponentCatalogue& catalogue,
              Problems& problems)
      : node_(node), kind_(kind), key_(key), catalogue_(catalogue), problems_(problems) {}

  Stage read() {
    stage_.config.kind = kind_;
    stage_.config.at = node_.at;
    if (!is_map() || !read_use()) return std::move(stage_);
    stage_.component = find_component();
    if (stage_.component == nullptr || has_reserved_option()) return std::move(stage_);
    OptionReader reader(kind_word(kind_) + " " + stage_.config.use, problems_, stage_.config.positions);
    stage_.config.options = reader.read(node_, stage_.component->options, "", stage_.config.at);
    return std::move(stage_);
  }

 private:
  bool is_map() {
    if (node_.kind == Node::Kind::kMap) return true;
    if (node_.kind == Node::Kind::kRefused) return false;
    const bool is_name = node_.kind == Node::Kind::kText && !node_.is_expanded && is_component_name(node_.text);
    const auto name = is_name ? node_.text : std::string("NAME");
    const auto has = node_.kind == Node::Kind::kNull ? std::string(" has no value")
                                                     : " must be a map, not " + std::string(name_of(node_.kind));
    problems_.error(node_.at, std::string(key_) + has + "; write { use: " + name + " } with its options");
    return false;
  }

  bool read_use() {
    const auto* use = node_.find("use");
    if (use == nullptr) {
      const auto other = std::find_if(node_.entries.begin(), node_.entries.end(), [](const Entry& entry) {
        return entry.key == "type" || entry.key == "plugin" || nearest(entry.key, {"use"}).has_value();
      });
      const auto instead = other == node_.entries.end() ? "" : " in place of " + in_quotes(other->key);
      problems_.error(node_.at, std::string(key_) + " names no component; write \"use: NAME\"" + instead);
      return false;
    }
    stage_.config.at = use->value.at;
    if (use->value.kind == Node::Kind::kRefused) return false;
    if (use->value.kind != Node::Kind::kText || !is_component_name(use->value.text)) {
      problems_.error(use->value.at, "use must be the name of a " + kind_word(kind_) + words_for(use->value));
      return false;
    }
    stage_.config.use = use->value.text;
    return true;
  }
  static std::string words_for(const Node& value) {
    if (value.kind != Node::Kind::kText) return ", not " + std::string(name_of(value.kind));
    return ", not " + in_quotes(value.written);
  }

  const sentinel_component* find_component() {
    const auto& use = stage_.config.use;
    const auto names = catalogue_.names(kind_);
    const auto unknown = contains(names, use) ? std::string() : unknown_name(names);
    if (!unknown.empty()) {
      problems_.error(stage_.config.at, unknown);
      return nullptr;
    }
    auto found = catalogue_.find(kind_, use);
    if (found.has_value()) return *found;
    problems_.error(stage_.config.at, found.error().message());
    return nullptr;
  }

  // Empty: the search for the plugin gives the better message.
  std::string unknown_name(const std::vector<std::string>& names) {
    const auto& use = stage_.config.use;
    for (const auto& [kind, word] : kKinds) {
      if (kind == kind_ || !contains(catalogue_.names(kind), use)) continue;
      return in_quotes(use) + " is a " + std::string(word) + ", not a " + kind_word(kind_);
    }
    const auto meant = did_you_mean(use, names);
    return meant.empty() ? "" : "unknown " + kind_word(kind_) + " " + in_quotes(use) + meant;
  }

  bool has_reserved_option() {
    const auto* table = stage_.component->options;
    for (std::uint32_t i = 0; table != nullptr && i < table->count; ++i) {
      if (!is_reserved(table->options[i]->name)) continue;
      problems_.error(stage_.config.at, kind_word(kind_) + " " + stage_.config.use + " is built wrongly: its option " +
                                            in_quotes(table->options[i]->name) +
                                            " has a name that Sentinel keeps for itself");
      return true;
    }
    return false;
  }

  const Node& node_;
  std::int32_t kind_;
  std::string_view key_;
  ComponentCatalogue& catalogue_;
  Problems& problems_;
  Stage stage_;
};

}  // namespace

Stage read_stage(const Node& node, std::int32_t kind, std::string_view key, ComponentCatalogue& catalogue,
                 Problems& problems) {
  return StageReader(node, kind, key, catalogue, problems).read();
}

}  // namespace sentinel::config
