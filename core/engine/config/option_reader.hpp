// Reads a map of the pipeline file against an option table: of a stage, a built-in stage or a setting.
#pragma once

#include "engine/config/option_tree.hpp"
#include "engine/config/pipeline_file.hpp"
#include "engine/config/yaml/problems.hpp"
#include "engine/config/yaml/yaml_document.hpp"

#include <sentinel/abi.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::config {

// What the option was called before, oldest first; still accepted, with a warning.
std::vector<std::string_view> former_names(const sentinel_option& option);

class OptionReader {
 public:
  // `owner` as messages name it ("source counter"); empty for a top-level key, whose path begins with its name.
  OptionReader(std::string owner, Problems& problems, Positions& positions)
      : owner_(std::move(owner)), problems_(problems), positions_(positions) {}

  // REQUIRES: `map` is one. `whole` is where a missing option is reported.
  OptionTree read(const Node& map, const sentinel_option_table* table, const std::string& path, Position whole);
  // One value of an option; nothing if it is wrong, which is reported.
  std::optional<OptionTree> read_value(const Node& node, const sentinel_option& option, const std::string& path);

 private:
  // What is wanted at one place: an option, or the element of a list or map option.
  struct Wanted {
    std::int32_t type;
    const sentinel_option& option;
    bool is_secret;
  };
  OptionTree read_map(const Node& map, const sentinel_option_table* table, const std::string& path, Position whole,
                      bool is_secret);
  bool accepts_former_name(const Node& map, const Entry& entry, const sentinel_option& option, const std::string& path);
  void report_unknown(const Entry& entry, const sentinel_option_table* table, const std::string& path);
  void report_missing(const Node& map, const sentinel_option_table* table, const std::string& path, Position whole);
  std::optional<OptionTree> read_wanted(const Node& node, const Wanted& wanted, const std::string& path);
  std::optional<OptionTree> read_list(const Node& node, const Wanted& element, const std::string& path);
  std::optional<OptionTree> read_entries(const Node& node, const Wanted& element, const std::string& path);
  std::optional<OptionTree> read_object(const Node& node, const Wanted& wanted, const std::string& path);
  std::optional<OptionTree> read_scalar(const Node& node, const Wanted& wanted, const std::string& path);
  Result<OptionTree> parsed(const Node& node, const Wanted& wanted);
  void warn_of_literal(const Node& node, const std::string& path);

  std::string owner_;
  Problems& problems_;
  Positions& positions_;
};

}  // namespace sentinel::config
