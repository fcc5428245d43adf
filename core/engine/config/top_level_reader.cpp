// Reads each key by its form; there is one function for each form.
#include "engine/config/top_level_reader.hpp"

#include "engine/config/identity.hpp"
#include "engine/config/option_reader.hpp"
#include "engine/config/stage_reader.hpp"
#include "engine/config/yaml/scalar.hpp"
#include "engine/ledger/content_hash.hpp"

#include <sentinel/did_you_mean.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sentinel::config {
namespace {

using Form = TopLevelKey::Form;

bool is_pipeline_name(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  const auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= kLongest && is_alphanumeric(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
}

std::string as_pipeline_name(std::string_view text) {
  std::string name;
  for (const char c : text)
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' || c == '.' || c == '/' ? '_' : c;
  return name;
}

// As a message may show it: never what a reference brought in.
std::string shown(const Node& node) { return in_quotes(node.is_expanded ? node.written : node.text); }

class TopLevelReader {
 public:
  TopLevelReader(const Node& root, std::span<const TopLevelKey> keys, ComponentCatalogue& catalogue, Problems& problems)
      : root_(root), keys_(keys), catalogue_(catalogue), problems_(problems) {}

  PipelineFile read() {
    file_.path = problems_.file();
    for (const auto& entry : root_.entries) read_entry(entry);
    for (const auto& key : keys_) report_if_missing(key);
    if (!problems_.has_errors()) add_identities();
    return std::move(file_);
  }

 private:
  static bool was_called(const TopLevelKey& key, std::string_view name) {
    return std::ranges::find(key.former_names, name) != key.former_names.end();
  }
  // By its name, or by a former one.
  const TopLevelKey* key_of(const Entry& entry) const {
    for (const auto& key : keys_)
      if (key.name == entry.key) return &key;
    for (const auto& key : keys_)
      if (was_called(key, entry.key)) return &key;
    return nullptr;
  }
  bool accepts_former(const Entry& entry, std::string_view name) {
    if (root_.find(name) != nullptr) {
      problems_.error(entry.at, fmt::format("key {0} is the former name of {1}, which is given too; remove {0}",
                                            in_quotes(entry.key), in_quotes(name)));
      return false;
    }
    problems_.warning(entry.at, fmt::format("key {} is now called {}; the old name still works", in_quotes(entry.key),
                                            in_quotes(name)));
    return true;
  }
  void report_unknown(const Entry& entry) {
    std::vector<std::string> names;
    for (const auto& key : keys_) names.emplace_back(key.name);
    const auto meant = nearest(entry.key, names);
    if (meant) misspelt_.push_back(*meant);
    problems_.error(entry.at, fmt::format("unknown key {}{}", in_quotes(entry.key),
                                          meant ? did_you_mean(entry.key, names) : "; there are: " + listed(names)));
  }
  void report_if_missing(const TopLevelKey& key) {
    const bool is_present = std::ranges::any_of(
        root_.entries, [&](const Entry& entry) { return entry.key == key.name || was_called(key, entry.key); });
    if (key.if_missing == nullptr || is_present) return;
    if (std::ranges::find(misspelt_, key.name) != misspelt_.end()) return;
    problems_.error({}, fmt::format("has no \"{}:\"; {}", key.name, key.if_missing));
  }

  void read_entry(const Entry& entry) {
    const auto* key = key_of(entry);
    if (key == nullptr) return report_unknown(entry);
    if (key->name != entry.key && !accepts_former(entry, key->name)) return;
    const auto& node = entry.value;
    if (node.kind == Node::Kind::kRefused) return;
    switch (key->form) {
      case Form::kVersion: return read_version(*key, node);
      case Form::kName: return read_name(*key, node);
      case Form::kStage: return read_stage(*key, node);
      case Form::kStages: return read_stages(*key, node);
      case Form::kOptions: return read_options(*key, node);
      case Form::kCommand: return read_command(*key, node);
    }
  }

  bool is_text(const TopLevelKey& key, const Node& node) {
    if (node.kind == Node::Kind::kText) return true;
    problems_.error(node.at,
                    std::string(key.name) + (node.kind == Node::Kind::kNull
                                                 ? " has no value"
                                                 : fmt::format(" must be one value, not {}", name_of(node.kind))));
    return false;
  }
  void read_version(const TopLevelKey& key, const Node& node) {
    if (!is_text(key, node) || node.text == "1") return;
    const auto number = parse_integer(node.text);
    const bool is_newer = number.has_value() && *number > 1;
    problems_.error(node.at, fmt::format("{} must be 1, not {}{}", key.name, shown(node),
                                         is_newer ? "; the file needs a newer Sentinel" : ""));
  }
  void read_name(const TopLevelKey& key, const Node& node) {
    if (!is_text(key, node)) return;
    file_.name = node.text;
    if (is_pipeline_name(file_.name)) return;
    const auto better = as_pipeline_name(file_.name);
    const bool has_cure = !node.is_expanded && is_pipeline_name(better);
    problems_.error(node.at, fmt::format("{} must be a name of lower case letters, digits, - and _, 64 at most, that "
                                         "begins with a letter or digit, not {}{}",
                                         key.name, shown(node), has_cure ? "; write " + better : ""));
  }

  void read_stage(const TopLevelKey& key, const Node& node) {
    auto& stage = key.stage_kind == SENTINEL_KIND_SOURCE ? source_ : sink_;
    stage = config::read_stage(node, key.stage_kind, key.name, catalogue_, problems_);
  }
  void read_stages(const TopLevelKey& key, const Node& node) {
    constexpr const char* kCure = "begin each transform with \"- use: \"";
    if (node.kind == Node::Kind::kNull)
      problems_.error(node.at, fmt::format("{} has no value; remove it, or {}", key.name, kCure));
    else if (node.kind != Node::Kind::kList)
      problems_.error(node.at, fmt::format("{} must be a list, not {}; {}", key.name, name_of(node.kind), kCure));
    for (const auto& item : node.items)
      transforms_.push_back(config::read_stage(item, key.stage_kind, "the transform", catalogue_, problems_));
  }

  void read_options(const TopLevelKey& key, const Node& node) {
    const std::string name(key.name);
    file_.positions.add(name, node.at);
    if (node.kind != Node::Kind::kMap)
      return problems_.error(node.at,
                             node.kind == Node::Kind::kNull
                                 ? name + " has no value; give it options or remove it"
                                 : fmt::format("{} must be a map of options, not {}", name, name_of(node.kind)));
    Problems found(problems_.file());
    const auto map = with_values_of_today(key, node);
    auto& values = options_[name] = OptionReader("", found, file_.positions).read(map, key.options, name, node.at);
    const bool is_valid = !found.has_errors();
    for (auto& problem : std::move(found).in_order()) problems_.add(std::move(problem));
    if (!is_valid) return;
    for (const auto& fault : key.take(values, file_)) report_fault(name, node, fault);
  }
  Node with_values_of_today(const TopLevelKey& key, Node map) {
    for (auto& [option, at, value] : map.entries)
      for (const auto& known : key.former_values) {
        if (option != known.option || value.kind != Node::Kind::kText || value.text != known.former) continue;
        problems_.warning(
            value.at,
            fmt::format("value {} of option {} is now called {}; the old value still works", in_quotes(known.former),
                        in_quotes(detail::join_path(std::string(key.name), option)), in_quotes(known.today)));
        value.text = known.today;
      }
    return map;
  }
  // Adds to "must be above 0; write 20%" the place and the value: "breaker.rate must be above 0, not "0"; write 20%".
  void report_fault(const std::string& name, const Node& map, const Status& fault) {
    const auto path = fault.option_path().empty() ? name : detail::join_path(name, fault.option_path());
    auto text = fault.message();
    const auto* entry = map.find(fault.option_path());
    if (text.starts_with("must be ") && entry != nullptr && entry->value.kind == Node::Kind::kText)
      text.insert(std::min(text.find(';'), text.size()), ", not " + shown(entry->value));
    problems_.error(file_.positions.nearest(path, map.at), path + " " + text);
  }

  void read_command(const TopLevelKey& key, const Node& node) {
    constexpr const char* kCure = "write a program and its arguments, such as [/usr/local/bin/notify, donations]";
    if (node.kind != Node::Kind::kList || node.items.empty()) {
      const auto given = node.kind == Node::Kind::kList ? "an empty list" : name_of(node.kind);
      const auto* hint = node.kind == Node::Kind::kText ? "it is run without a shell: " : "";
      return problems_.error(node.at,
                             fmt::format("{} must be a list of texts, not {}; {}{}", key.name, given, hint, kCure));
    }
    for (const auto& item : node.items) {
      if (item.kind == Node::Kind::kText)
        file_.on_finish.push_back(item.text);
      else if (item.kind != Node::Kind::kRefused)
        problems_.error(item.at, fmt::format("an argument of {} must be a text, not {}", key.name, name_of(item.kind)));
    }
    if (node.items.front().kind == Node::Kind::kText && node.items.front().text.empty())
      problems_.error(node.items.front().at, fmt::format("{} names no program; {}", key.name, kCure));
  }

  void add_identities() {
    file_.source_id = source_identity(*source_.component, source_.config.options);
    std::string mapping;
    for (const auto& transform : transforms_)
      mapping += mapping_text(transform.component->use, transform.component->options, transform.config.options);
    mapping += mapping_text(sink_.component->use, sink_.component->options, sink_.config.options);
    for (const auto& key : keys_)
      if (const auto given = options_.find(std::string(key.name)); key.shapes_records && given != options_.end())
        mapping += mapping_text(given->first.c_str(), key.options, given->second);
    file_.mapping_hash = ledger::content_hash(mapping);
    file_.source = std::move(source_.config);
    file_.sink = std::move(sink_.config);
    for (auto& transform : transforms_) file_.transforms.push_back(std::move(transform.config));
  }

  const Node& root_;
  std::span<const TopLevelKey> keys_;
  ComponentCatalogue& catalogue_;
  Problems& problems_;
  PipelineFile file_;
  Stage source_, sink_;
  std::vector<Stage> transforms_;
  std::map<std::string, OptionTree> options_;  // of the keys that hold options
  std::vector<std::string> misspelt_;          // the keys that were meant by unknown ones
};

}  // namespace

PipelineFile read_top_level(const Node& root, std::span<const TopLevelKey> keys, ComponentCatalogue& catalogue,
                            Problems& problems) {
  return TopLevelReader(root, keys, catalogue, problems).read();
}

}  // namespace sentinel::config
