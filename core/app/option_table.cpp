// Writes option tables as text, Markdown and JSON.
#include "app/option_table.hpp"

#include <sentinel/option.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>

namespace sentinel::app {
namespace {

const char* type_name(std::int32_t type) {
  switch (type) {
    case SENTINEL_TYPE_STRING: return "text";
    case SENTINEL_TYPE_INTEGER: return "integer";
    case SENTINEL_TYPE_NUMBER: return "number";
    case SENTINEL_TYPE_BOOLEAN: return "boolean";
    case SENTINEL_TYPE_DURATION: return "duration";
    case SENTINEL_TYPE_SIZE: return "size";
    case SENTINEL_TYPE_ENUM: return "one of";
    case SENTINEL_TYPE_LIST: return "list of";
    case SENTINEL_TYPE_MAP: return "map of";
    default: return "object";
  }
}

bool has_elements(const sentinel_option& option) {
  return option.type == SENTINEL_TYPE_LIST || option.type == SENTINEL_TYPE_MAP;
}

std::string type_text(const sentinel_option& option) {
  std::string text = type_name(option.type);
  if (has_elements(option)) text += fmt::format(" {}", type_name(option.element_type));
  for (std::size_t i = 0; option.choices != nullptr && option.choices[i] != nullptr; ++i)
    text += fmt::format("{}{}", i == 0 ? " " : " | ", option.choices[i]);
  return text;
}

bool has_minimum(const sentinel_option& option) { return option.minimum != std::numeric_limits<std::int64_t>::min(); }
bool has_maximum(const sentinel_option& option) { return option.maximum != std::numeric_limits<std::int64_t>::max(); }

// As one would write it in YAML.
std::string limit_text(const sentinel_option& option, std::int64_t limit) {
  if (option.type == SENTINEL_TYPE_DURATION) return detail::duration_text(limit);
  if (option.type == SENTINEL_TYPE_SIZE) return detail::size_text(limit);
  return fmt::format("{}", limit);
}

std::string range_text(const sentinel_option& option) {
  if (has_minimum(option) && has_maximum(option))
    return fmt::format("{} to {}", limit_text(option, option.minimum), limit_text(option, option.maximum));
  if (has_minimum(option)) return fmt::format("at least {}", limit_text(option, option.minimum));
  return has_maximum(option) ? fmt::format("at most {}", limit_text(option, option.maximum)) : "";
}

std::string flags_text(const sentinel_option& option) {
  std::string text;
  const auto add = [&](std::uint32_t flag, const char* name) {
    if ((option.flags & flag) != 0) text += fmt::format("{}{}", text.empty() ? "" : ", ", name);
  };
  add(SENTINEL_OPTION_REQUIRED, "required");
  add(SENTINEL_OPTION_SECRET, "secret");
  add(SENTINEL_OPTION_ADVANCED, "advanced");
  add(SENTINEL_OPTION_DEPRECATED, "deprecated");
  add(SENTINEL_OPTION_IDENTITY, "identity");
  add(SENTINEL_OPTION_SHORTHAND, "shorthand");
  return text;
}

std::string flags_and_default(const sentinel_option& option) {
  auto text = flags_text(option);
  if (option.default_text != nullptr)
    text += fmt::format("{}default {}", text.empty() ? "" : ", ", option.default_text);
  return text;
}

// A bar would end the cell.
std::string in_cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

std::string type_cell(const sentinel_option& option) {
  std::string text = type_name(option.type);
  if (has_elements(option)) text += fmt::format(" {}", type_name(option.element_type));
  for (std::size_t i = 0; option.choices != nullptr && option.choices[i] != nullptr; ++i)
    text += fmt::format("{}`{}`", i == 0 ? " " : ", ", in_cell(option.choices[i]));
  for (const auto& more : {range_text(option), flags_text(option)})
    if (!more.empty()) text += fmt::format(", {}", more);
  return text;
}

std::string path_below(const std::string& path, const sentinel_option& option) {
  const bool is_map = option.type == SENTINEL_TYPE_MAP;
  return fmt::format("{}{}", path, option.type == SENTINEL_TYPE_LIST ? "[]." : is_map ? ".KEY." : ".");
}

void add_rows(const sentinel_option_table& table, const std::string& above, std::string& rows) {
  for (std::uint32_t i = 0; i < table.count; ++i) {
    const auto& option = *table.options[i];
    const auto path = above + option.name;
    const std::string_view standard = option.default_text == nullptr ? "" : option.default_text;
    rows += fmt::format("| `{}` | {} | {} | {} |\n", path, type_cell(option),
                        standard.empty() ? "" : fmt::format("`{}`", in_cell(standard)), in_cell(option.doc));
    if (option.table != nullptr) add_rows(*option.table, path_below(path, option), rows);
  }
}

}  // namespace

std::string option_table_text(const sentinel_option_table& table, const std::string& indent) {
  std::string text;
  for (std::uint32_t i = 0; i < table.count; ++i) {
    const auto& option = *table.options[i];
    const auto flags = flags_and_default(option);
    text += fmt::format("{}{}: {}{}\n{}    {}\n", indent, option.name, type_text(option),
                        flags.empty() ? "" : fmt::format(" ({})", flags), indent, option.doc);
    if (option.table != nullptr) text += option_table_text(*option.table, fmt::format("{}    ", indent));
  }
  return text;
}

std::string option_table_markdown(const sentinel_option_table& table) {
  std::string rows;
  add_rows(table, "", rows);
  return fmt::format("| option | type | default | |\n|---|---|---|---|\n{}", rows);
}

Json option_table_json(const sentinel_option_table& table) {
  auto list = Json::array();
  for (std::uint32_t i = 0; i < table.count; ++i) {
    const auto& option = *table.options[i];
    Json entry = {{"name", option.name},
                  {"type", type_text(option)},
                  {"doc", option.doc},
                  {"required", (option.flags & SENTINEL_OPTION_REQUIRED) != 0},
                  {"secret", (option.flags & SENTINEL_OPTION_SECRET) != 0},
                  {"identity", (option.flags & SENTINEL_OPTION_IDENTITY) != 0},
                  {"default", option.default_text == nullptr ? Json() : Json(option.default_text)}};
    if (has_minimum(option)) entry["minimum"] = option.minimum;
    if (has_maximum(option)) entry["maximum"] = option.maximum;
    if (option.table != nullptr) entry["options"] = option_table_json(*option.table);
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace sentinel::app
