// Defines the top-level keys in the order in which a file is best written.
#include "engine/config/top_level_keys.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sentinel::config {
namespace {

using Form = TopLevelKey::Form;

using Faults = std::vector<Status>;

Faults as_faults(Status status) { return status.ok() ? Faults{} : Faults{std::move(status)}; }

// The two forms of a check: its only fault, if it has one (it may be null), or all of them.
template <class Values>
Faults faults_of(Status (*check)(const Values&), const Values& values, const OptionTree&) {
  return check == nullptr ? Faults{} : as_faults(check(values));
}
template <class Values>
Faults faults_of(Faults (*check)(const Values&, const OptionTree&), const Values& values, const OptionTree& given) {
  return check(values, given);
}

// A key with options: its values go into `member` once `check` has passed them. REQUIRES: `table` is never destroyed.
template <class Values, class Owner, class Member, class Table, class Answer, class... Given>
TopLevelKey options_key(std::string_view name, const char* doc, const Table& table, Member Owner::*member,
                        Answer (*check)(const Values&, Given...)) {
  TopLevelKey key{.name = name, .form = Form::kOptions, .doc = doc};
  key.options = table.c_table();
  key.take = [&table, member, check](const OptionTree& given, KeyOptions& out) -> Faults {
    Values values;
    if (auto status = table.fill(given.lend().root(), "", values); !status.ok()) return as_faults(std::move(status));
    auto faults = faults_of(check, values, given);
    if (faults.empty()) out.*member = std::move(values);
    return faults;
  };
  return key;
}

TopLevelKey money_key() {
  auto key = options_key("money", "Names the field that holds the money by which every run is balanced.", kMoneyOptions,
                         &KeyOptions::money, check_money);
  key.one_of = {"currency", "currency_field"};
  key.shapes_records = true;
  return key;
}

TopLevelKey mirror_key() {
  auto key = options_key("mirror",
                         "Compares source and target after a run, lands edits that no date shows, and removes or "
                         "marks rows of deleted records.",
                         kMirrorOptions, &KeyOptions::mirror, check_mirror);
  key.former_values = {{"deletes", "ignore", "keep"}};
  return key;
}

void add_built_in_stages(std::vector<TopLevelKey>& keys) {
  const auto add = [&](const auto& stage) {
    keys.push_back(options_key(stage.name, stage.doc, stage.table, stage.member, stage.check));
    keys.back().is_builtin_stage = true;
  };
  std::apply([&](const auto&... stages) { (add(stages), ...); }, stages::kBuiltInKeys);
}

std::vector<TopLevelKey> all_keys() {
  std::vector<TopLevelKey> keys = {
      {"version", Form::kVersion, "The version of this format: 1.", "write \"version: 1\""},
      {"pipeline", Form::kName,
       "The pipeline's name, by which ledger, checkpoint and dead letters know it: lower case letters, digits, `-` and "
       "`_`, 64 at most.",
       "give the pipeline a name, such as \"pipeline: donations\""},
      {"source", Form::kStage, "What is read: one stage.", "a pipeline needs a source", SENTINEL_KIND_SOURCE},
      {"transforms", Form::kStages, "What is done to records on their way: a list of stages, in order.", nullptr,
       SENTINEL_KIND_TRANSFORM},
      {"sink", Form::kStage, "Where records land: one stage.", "a pipeline needs a sink", SENTINEL_KIND_SINK},
      money_key(),
  };
  add_built_in_stages(keys);
  keys.push_back(mirror_key());
  keys.push_back({"on_finish", Form::kCommand,
                  "A program and its arguments, run after each run with its report on standard input; a list."});
  return keys;
}

// The description is built once and never freed, like that of a plugin.
struct Description {
  std::vector<sentinel_component> components;
  std::vector<const sentinel_component*> pointers;
  sentinel_plugin plugin{};

  Description() {
    for (const auto& key : top_level_keys()) {
      if (key.options == nullptr) continue;
      auto& component = components.emplace_back();
      component.struct_size = sizeof component;
      component.kind = key.is_builtin_stage ? SENTINEL_KIND_BUILT_IN : SENTINEL_KIND_SETTING;
      component.use = key.name.data();
      component.doc = key.doc;
      component.options = key.options;
    }
    for (const auto& component : components) pointers.push_back(&component);
    plugin = {sizeof plugin, SENTINEL_ABI_VERSION, "sentinel", SENTINEL_VERSION, pointers.size(), pointers.data()};
  }
};

}  // namespace

std::span<const TopLevelKey> top_level_keys() {
  static const auto& keys = *new std::vector<TopLevelKey>(all_keys());
  return keys;
}

bool is_reserved(std::string_view name) {
  return name == "use" ||
         std::ranges::any_of(top_level_keys(), [&](const TopLevelKey& key) { return key.name == name; });
}

}  // namespace sentinel::config

const sentinel_plugin* sentinel_top_level_keys(std::uint32_t) noexcept {
  static const auto& description = *new sentinel::config::Description();
  return &description.plugin;
}
