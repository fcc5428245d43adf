// Reads values as YAML, as in a pipeline file: lists, maps and ${env:NAME} work alike.
#include "app/stage_options.hpp"

#include "engine/config/option_reader.hpp"
#include "engine/config/yaml/references.hpp"
#include "engine/config/yaml/scalar.hpp"
#include "engine/config/yaml/text_file.hpp"
#include "engine/plugins/registry.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>

#include <sstream>

namespace sentinel::app {
namespace {

config::Node empty_map() {
  config::Node map;
  map.kind = config::Node::Kind::kMap;
  return map;
}

config::Node read_map(const std::string& file, config::Problems& problems) {
  if (file.empty()) return empty_map();
  const auto content = config::read_text_file(file, config::kMaxFileBytes);
  if (!content) {
    problems.error({}, content.error().message());
    return empty_map();
  }
  auto root = config::parse_yaml(*content, problems);
  if (!root) return empty_map();
  if (root->kind == config::Node::Kind::kMap) return std::move(*root);
  problems.error(root->at, "the options must be a map of names and values");
  return empty_map();
}

void assign(config::Node& map, const std::string& name, const std::string& yaml, config::Problems& problems) {
  auto value = config::parse_yaml(yaml, problems);
  if (!value) return;
  std::erase_if(map.entries, [&](const config::Entry& entry) { return entry.key == name; });
  map.entries.push_back({name, {}, std::move(*value)});
}

// A type and its arguments: "decimal(18,2)" -> {"decimal", "18", "2"}.
std::vector<std::string> type_parts(const std::string& text) {
  const auto open = text.find('(');
  std::vector<std::string> parts{text.substr(0, open)};
  if (open == std::string::npos || text.back() != ')') return parts;
  std::istringstream inside(text.substr(open + 1, text.size() - open - 2));
  for (std::string part; std::getline(inside, part, ',');) parts.push_back(part);
  return parts;
}

std::optional<int> small_number(const std::string& text) {
  constexpr std::int64_t kMostDigits = 38;
  const auto number = config::parse_integer(text);
  if (!number || *number < 0 || *number > kMostDigits) return std::nullopt;
  return static_cast<int>(*number);
}

std::optional<Field> field_of(const std::string& name, const std::string& type) {
  const auto parts = type_parts(type);
  if (parts[0] == "json") return json(name);
  if (parts[0] == "money" && parts.size() == 3 && small_number(parts[2]))
    return money(name, parts[1], *small_number(parts[2]));
  if (parts[0] == "decimal") {
    if (parts.size() != 3 || !small_number(parts[1]) || !small_number(parts[2])) return std::nullopt;
    auto field = decimal(name, *small_number(parts[1]), *small_number(parts[2]));
    return field.precision >= 1 && field.scale <= field.precision ? std::optional(field) : std::nullopt;
  }
  for (const auto plain :
       {Type::kBool, Type::kInt64, Type::kFloat64, Type::kUtf8, Type::kBinary, Type::kDate, Type::kTimestamp})
    if (parts.size() == 1 && parts[0] == to_string(plain)) return make_field(name, plain);
  return std::nullopt;
}

Result<Field> read_field(std::string part) {
  const auto wrong = invalid_config(fmt::format(
      "--fields takes NAME:TYPE or NAME:TYPE:key, not \"{}\"; types are bool, int64, float64, utf8, binary, "
      "date, timestamp, json, decimal(18,2), money(NGN,2)",
      part));
  const bool is_key = part.ends_with(":key");
  if (is_key) part.resize(part.size() - 4);
  const auto colon = part.find(':');
  if (colon == std::string::npos || colon == 0) return wrong;
  auto field = field_of(part.substr(0, colon), part.substr(colon + 1));
  if (!field) return wrong;
  field->is_key = is_key;
  field->is_nullable = !is_key;
  return *field;
}

}  // namespace

std::optional<config::OptionTree> read_stage_options(const sentinel_component& component, const std::string& file,
                                                     const Arguments::Pairs& assignments) {
  config::Problems problems(file.empty() ? "--option" : file);
  auto map = read_map(file, problems);
  std::erase_if(map.entries, [](const config::Entry& entry) { return entry.key == "use"; });
  for (const auto& [name, value] : assignments) assign(map, name, value, problems);
  const auto environment = config::process_environment();
  config::References(environment, problems).expand(map);
  config::Positions positions;
  const auto owner = fmt::format("{} {}", plugins::kind_name(component.kind), component.use);
  config::OptionTree tree;
  if (!problems.has_errors())
    tree = config::OptionReader(owner, problems, positions).read(map, component.options, "", {});
  const bool has_errors = problems.has_errors();
  for (const auto& problem : std::move(problems).in_order()) fmt::print(stderr, "{}\n", printable(problem.to_string()));
  if (has_errors) return std::nullopt;
  return tree;
}

Result<Schema> read_fields(const std::string& text) {
  Schema schema;
  std::istringstream parts(text);
  for (std::string part; parts >> part;) {
    SENTINEL_ASSIGN(auto field, read_field(part));
    if (schema.find(field.name) != Schema::npos)
      return invalid_config(fmt::format("--fields names \"{}\" twice", field.name));
    schema.add(std::move(field));
  }
  return schema;
}

}  // namespace sentinel::app
