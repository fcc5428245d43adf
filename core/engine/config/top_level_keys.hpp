// The top level of a pipeline file as one table: the reader, the JSON Schema, `plugins list`, the reference pages and
// the names that no option may take all follow it.
#pragma once

#include "engine/config/option_tree.hpp"
#include "engine/config/settings/mirror.hpp"
#include "engine/config/settings/money.hpp"
#include "engine/stages/built_in_stages.hpp"

#include <sentinel/abi.h>
#include <sentinel/status.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sentinel::config {

// What the keys with options hold. A new setting is a file in settings/, a member here and its line in
// top_level_keys.cpp; a new built-in stage is its pair of files and its lines in stages/built_in_stages.hpp.
struct KeyOptions : stages::BuiltInOptions {
  std::optional<Money> money;
  std::optional<Mirror> mirror;
};

struct TopLevelKey {
  // What may stand behind the key.
  enum class Form {
    kVersion,  // 1
    kName,     // a pipeline name
    kStage,    // { use: NAME, … }
    kStages,   // a list of them
    kOptions,  // a map, by an option table
    kCommand,  // a program and its arguments, as a list
  };
  std::string_view name;
  Form form = Form::kOptions;
  const char* doc = nullptr;         // one sentence
  const char* if_missing = nullptr;  // the key is required: what to write if it is missing
  std::int32_t stage_kind = 0;       // of kStage and kStages: sentinel_kind
  // Of kOptions: the table; what takes validated values over and checks what must hold between them. It returns every
  // fault: kInvalidConfig at an option of the table, with a message such as "must be above 0; write 20%".
  const sentinel_option_table* options = nullptr;
  std::function<std::vector<Status>(const OptionTree& given, KeyOptions& out)> take = nullptr;
  std::vector<std::string_view> one_of = {};        // exactly one of these options must be given
  std::vector<std::string_view> former_names = {};  // still accepted, with a warning
  // What a value of an option was called before; still accepted, with a warning.
  struct FormerValue {
    std::string_view option, former, today;
  };
  std::vector<FormerValue> former_values = {};
  bool is_builtin_stage = false;  // else a setting, where it has options
  bool shapes_records = false;    // another value makes other rows of the same records
};

// In the order in which a file is best written.
std::span<const TopLevelKey> top_level_keys();

// True for the keys and for `use`.
bool is_reserved(std::string_view name);

}  // namespace sentinel::config

// The keys with options as the components of a plugin, so that `plugins list` and the reference show them like stages.
extern "C" const sentinel_plugin* sentinel_top_level_keys(std::uint32_t host_abi) noexcept;
