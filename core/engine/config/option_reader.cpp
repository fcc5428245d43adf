// Validates each value by its option's type, range and choices; every mistake is reported at its place, and the rest is
// still read.
#include "engine/config/option_reader.hpp"

#include "engine/config/top_level_keys.hpp"
#include "engine/config/url_text.hpp"
#include "engine/config/yaml/references.hpp"
#include "engine/config/yaml/scalar.hpp"

#include <sentinel/did_you_mean.hpp>
#include <sentinel/option.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace sentinel::config {
namespace {

const sentinel_option* find_option(const sentinel_option_table* table, std::string_view name) {
  for (std::uint32_t i = 0; table != nullptr && i < table->count; ++i)
    if (name == table->options[i]->name) return table->options[i];
  return nullptr;
}

// The option that once had this name.
const sentinel_option* find_by_former_name(const sentinel_option_table* table, std::string_view name) {
  for (std::uint32_t i = 0; table != nullptr && i < table->count; ++i)
    for (const auto former : former_names(*table->options[i]))
      if (name == former) return table->options[i];
  return nullptr;
}

// As the map of the file has it: under its name, or under a former one.
const Entry* find_entry(const Node& map, const sentinel_option& option) {
  if (const auto* entry = map.find(option.name)) return entry;
  for (const auto former : former_names(option))
    if (const auto* entry = map.find(former)) return entry;
  return nullptr;
}

std::vector<std::string> names_in(const sentinel_option_table* table) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; table != nullptr && i < table->count; ++i)
    if ((table->options[i]->flags & SENTINEL_OPTION_DEPRECATED) == 0) names.emplace_back(table->options[i]->name);
  return names;
}

const sentinel_option* shorthand_of(const sentinel_option_table* table) {
  for (std::uint32_t i = 0; table != nullptr && i < table->count; ++i)
    if ((table->options[i]->flags & SENTINEL_OPTION_SHORTHAND) != 0) return table->options[i];
  return nullptr;
}

std::vector<std::string> choices_of(const sentinel_option& option) {
  std::vector<std::string> words;
  for (auto choice = option.choices; choice != nullptr && *choice != nullptr; ++choice) words.emplace_back(*choice);
  return words;
}

// True for an option one of whose choices is null, which YAML reads as no value: `zero: null`.
bool may_be_null(std::int32_t type, const sentinel_option& option) {
  const auto words = choices_of(option);
  return type == SENTINEL_TYPE_ENUM && std::find(words.begin(), words.end(), "null") != words.end();
}

std::string described(std::int32_t type, const sentinel_option& option) {
  switch (type) {
    case SENTINEL_TYPE_INTEGER: return "an integer";
    case SENTINEL_TYPE_NUMBER: return "a number such as 0.2 or 20%";
    case SENTINEL_TYPE_BOOLEAN: return "true or false";
    case SENTINEL_TYPE_DURATION: return "a duration such as 200ms, 90s, 15m, 1h or 7d";
    case SENTINEL_TYPE_SIZE: return "a size such as 64KiB, 4MiB or 10MB";
    case SENTINEL_TYPE_ENUM: return "one of " + listed(choices_of(option));
    case SENTINEL_TYPE_LIST: return "a list such as [a, b]";
    case SENTINEL_TYPE_MAP: return "a map such as { name: value }";
    case SENTINEL_TYPE_OBJECT: {
      const auto names = names_in(option.table);
      return names.empty() ? "a map of options" : "a map of options (" + listed(names) + ")";
    }
    default: return "a text";
  }
}

std::string limit_text(std::int32_t type, std::int64_t limit) {
  if (type == SENTINEL_TYPE_DURATION) return detail::duration_text(limit);
  return type == SENTINEL_TYPE_SIZE ? detail::size_text(limit) : std::to_string(limit);
}

Status check_range(std::int64_t value, std::int32_t type, const sentinel_option& option, const std::string& written) {
  if (value < option.minimum)
    return invalid_config("must be at least " + limit_text(type, option.minimum) + ", not " + written);
  if (value > option.maximum)
    return invalid_config("must be at most " + limit_text(type, option.maximum) + ", not " + written);
  return {};
}

Result<OptionTree> parse_choice(const std::string& text, const sentinel_option& option) {
  const auto words = choices_of(option);
  if (std::find(words.begin(), words.end(), text) != words.end()) return OptionTree::text(text);
  return invalid_config("must be one of " + listed(words) + ", not " + in_quotes(text) + did_you_mean(text, words));
}

Result<OptionTree> parse_scalar(const std::string& text, std::int32_t type, const sentinel_option& option) {
  std::optional<Result<std::int64_t>> integer;
  switch (type) {
    case SENTINEL_TYPE_INTEGER: integer = parse_integer(text); break;
    case SENTINEL_TYPE_DURATION: integer = parse_duration_ms(text); break;
    case SENTINEL_TYPE_SIZE: integer = parse_size_bytes(text); break;
    case SENTINEL_TYPE_NUMBER: {
      SENTINEL_ASSIGN(const auto number, parse_number(text));
      return OptionTree::number(number);
    }
    case SENTINEL_TYPE_BOOLEAN: {
      SENTINEL_ASSIGN(const auto boolean, parse_boolean(text));
      return OptionTree::boolean(boolean);
    }
    case SENTINEL_TYPE_ENUM: return parse_choice(text, option);
    default: return OptionTree::text(text);
  }
  if (!integer->has_value()) return integer->error();
  SENTINEL_TRY(check_range(integer->value(), type, option, text));
  return OptionTree::integer(integer->value());
}

// A literal that other people with access to the file could log in with. `sqlite:` names a file, not an account.
bool is_password_literal(const std::string& written) {
  const auto literal = literal_part(written);
  if (is_url(literal.text)) return holds_password(literal.text);
  if (literal.text.starts_with("sqlite:") || literal.text.empty()) return false;
  return !literal.has_reference || literal.text == written;
}

}  // namespace

std::vector<std::string_view> former_names(const sentinel_option& option) {
  std::vector<std::string_view> names;
  if (!SENTINEL_OFFERS(&option, former_names)) return names;
  for (auto name = option.former_names; name != nullptr && *name != nullptr; ++name) names.emplace_back(*name);
  return names;
}

OptionTree OptionReader::read(const Node& map, const sentinel_option_table* table, const std::string& path,
                              Position whole) {
  return read_map(map, table, path, whole, false);
}

std::optional<OptionTree> OptionReader::read_value(const Node& node, const sentinel_option& option,
                                                   const std::string& path) {
  return read_wanted(node, {option.type, option, (option.flags & SENTINEL_OPTION_SECRET) != 0}, path);
}

OptionTree OptionReader::read_map(const Node& map, const sentinel_option_table* table, const std::string& path,
                                  Position whole, bool is_secret) {
  OptionTree::Map values;
  for (const auto& entry : map.entries) {
    if (path.empty() && entry.key == "use") continue;
    const auto* option = find_option(table, entry.key);
    if (option == nullptr) option = find_by_former_name(table, entry.key);
    if (option == nullptr) {
      report_unknown(entry, table, path);
      continue;
    }
    const auto name = detail::join_path(path, option->name);
    if (entry.key != option->name && !accepts_former_name(map, entry, *option, path)) continue;
    if ((option->flags & SENTINEL_OPTION_DEPRECATED) != 0)
      problems_.warning(entry.at, "option " + in_quotes(name) + " is deprecated: " + option->doc);
    const bool hides = is_secret || (option->flags & SENTINEL_OPTION_SECRET) != 0;
    if (auto value = read_wanted(entry.value, {option->type, *option, hides}, name))
      values.emplace_back(option->name, std::move(*value));
  }
  report_missing(map, table, path, whole);
  return OptionTree::map(std::move(values));
}

// False if the option is given by another name too, which is reported.
bool OptionReader::accepts_former_name(const Node& map, const Entry& entry, const sentinel_option& option,
                                       const std::string& path) {
  const auto former = in_quotes(detail::join_path(path, entry.key));
  const auto name = in_quotes(detail::join_path(path, option.name));
  if (const auto* given = find_entry(map, option); given->key != entry.key) {
    problems_.error(entry.at,
                    fmt::format("option {0} is the former name of {1}, which is given in line {2}; remove {0}", former,
                                name, given->at.line));
    return false;
  }
  problems_.warning(entry.at, fmt::format("option {} is now called {}; the old name still works", former, name));
  return true;
}

void OptionReader::report_unknown(const Entry& entry, const sentinel_option_table* table, const std::string& path) {
  auto text = "unknown option " + in_quotes(entry.key);
  if (!path.empty()) text += " in " + path;
  if (!owner_.empty()) text += " for " + owner_;
  const auto names = names_in(table);
  const auto meant = did_you_mean(entry.key, names);
  if (!meant.empty())
    text += meant;
  else if (is_reserved(entry.key) && entry.key != "use")
    text += "; it stands at the top level, without indentation";
  else if (names.empty())
    text += "; there are no options";
  else
    text += "; there are: " + listed(names);
  problems_.error(entry.at, std::move(text));
}

void OptionReader::report_missing(const Node& map, const sentinel_option_table* table, const std::string& path,
                                  Position whole) {
  const auto names = names_in(table);
  for (std::uint32_t i = 0; table != nullptr && i < table->count; ++i) {
    const auto& option = *table->options[i];
    if ((option.flags & SENTINEL_OPTION_REQUIRED) == 0 || find_entry(map, option) != nullptr) continue;
    // A misspelt one is reported already, as unknown.
    const bool is_misspelt = std::any_of(map.entries.begin(), map.entries.end(), [&](const Entry& entry) {
      return find_option(table, entry.key) == nullptr && nearest(entry.key, names) == option.name;
    });
    if (is_misspelt) continue;
    const auto who = path.empty() ? owner_ : owner_.empty() ? path : path + " of " + owner_;
    problems_.error(whole, who + " needs the option " + in_quotes(option.name) + ", " + described(option.type, option));
  }
}

std::optional<OptionTree> OptionReader::read_wanted(const Node& node, const Wanted& wanted, const std::string& path) {
  positions_.add(path, node.at);
  const Wanted element{wanted.option.element_type, wanted.option, wanted.is_secret};
  if (node.kind == Node::Kind::kRefused) return std::nullopt;
  if (node.kind == Node::Kind::kNull && may_be_null(wanted.type, wanted.option)) return OptionTree::text("null");
  if (node.kind == Node::Kind::kNull) {
    const bool is_text = wanted.type == SENTINEL_TYPE_STRING;
    problems_.error(node.at, path + " has no value; " +
                                 (is_text ? "write \"\" for an empty text, or remove it" : "give it one or remove it"));
    return std::nullopt;
  }
  switch (wanted.type) {
    case SENTINEL_TYPE_LIST: return read_list(node, element, path);
    case SENTINEL_TYPE_MAP: return read_entries(node, element, path);
    case SENTINEL_TYPE_OBJECT: return read_object(node, wanted, path);
    default: return read_scalar(node, wanted, path);
  }
}

std::optional<OptionTree> OptionReader::read_list(const Node& node, const Wanted& element, const std::string& path) {
  if (node.kind == Node::Kind::kMap) {
    problems_.error(node.at, path + " must be a list, not a map; begin each item with \"- \"");
    return std::nullopt;
  }
  OptionTree::List list;
  bool is_complete = true;
  const auto take = [&](const Node& item) {
    auto value = read_wanted(item, element, detail::join_path(path, std::to_string(list.size())));
    is_complete = is_complete && value.has_value();
    list.push_back(value ? std::move(*value) : OptionTree());
  };
  if (node.kind == Node::Kind::kText) take(node);
  for (const auto& item : node.items) take(item);
  return is_complete ? std::optional(OptionTree::list(std::move(list))) : std::nullopt;
}

std::optional<OptionTree> OptionReader::read_entries(const Node& node, const Wanted& element, const std::string& path) {
  if (node.kind != Node::Kind::kMap) {
    problems_.error(node.at, path + " must be a map such as { name: value }, not " + std::string(name_of(node.kind)));
    return std::nullopt;
  }
  OptionTree::Map map;
  for (const auto& entry : node.entries)
    if (auto value = read_wanted(entry.value, element, detail::join_path(path, entry.key)))
      map.emplace_back(entry.key, std::move(*value));
  const bool is_complete = map.size() == node.entries.size();
  return is_complete ? std::optional(OptionTree::map(std::move(map))) : std::nullopt;
}

std::optional<OptionTree> OptionReader::read_object(const Node& node, const Wanted& wanted, const std::string& path) {
  const auto* table = wanted.option.table;
  if (node.kind == Node::Kind::kMap) return read_map(node, table, path, node.at, wanted.is_secret);
  const auto* shorthand = shorthand_of(table);
  if (node.kind == Node::Kind::kText && shorthand != nullptr) {
    const bool hides = wanted.is_secret || (shorthand->flags & SENTINEL_OPTION_SECRET) != 0;
    auto value = read_wanted(node, {shorthand->type, *shorthand, hides}, detail::join_path(path, shorthand->name));
    if (!value) return std::nullopt;
    return OptionTree::map({{shorthand->name, std::move(*value)}});
  }
  problems_.error(node.at, path + " must be " + described(SENTINEL_TYPE_OBJECT, wanted.option) + ", not " +
                               std::string(name_of(node.kind)));
  return std::nullopt;
}

std::optional<OptionTree> OptionReader::read_scalar(const Node& node, const Wanted& wanted, const std::string& path) {
  if (node.kind != Node::Kind::kText) {
    problems_.error(node.at, path + " must be " + described(wanted.type, wanted.option) + ", not " +
                                 std::string(name_of(node.kind)));
    return std::nullopt;
  }
  if (wanted.is_secret) warn_of_literal(node, path);
  auto value = parsed(node, wanted);
  if (value.has_value()) return std::move(*value);
  problems_.error(node.at, path + " " + value.error().message());
  return std::nullopt;
}

// The message of a fault may quote the value, unless it is a secret or came from outside the file.
Result<OptionTree> OptionReader::parsed(const Node& node, const Wanted& wanted) {
  auto value = parse_scalar(node.text, wanted.type, wanted.option);
  if (value.has_value() || (!wanted.is_secret && !node.is_expanded)) return value;
  auto text = "must be " + described(wanted.type, wanted.option);
  const bool has_range = wanted.option.minimum != std::numeric_limits<std::int64_t>::min() ||
                         wanted.option.maximum != std::numeric_limits<std::int64_t>::max();
  if (has_range) text += " within its limits";
  if (!wanted.is_secret) text += ", and what " + in_quotes(node.written) + " gives is not";
  return invalid_config(std::move(text));
}

void OptionReader::warn_of_literal(const Node& node, const std::string& path) {
  if (!is_password_literal(node.written)) return;
  problems_.warning(
      node.at,
      path + " holds a password that everybody who reads this file can see; keep it outside and write ${env:NAME}");
}

}  // namespace sentinel::config
