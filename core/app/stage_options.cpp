// Values are YAML, as in a pipeline file: lists, maps and ${env:NAME} work alike.
#include "app/stage_options.hpp"

#include "engine/config/option_reader.hpp"
#include "engine/config/yaml/references.hpp"
#include "engine/config/yaml/text_file.hpp"
#include "engine/plugins/registry.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
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
  problems.error(root->at, "the options are a map of names and values");
  return empty_map();
}

void assign(config::Node& map, const std::string& word, config::Problems& problems) {
  const auto equals = word.find('=');
  if (equals == std::string::npos || equals == 0) {
    problems.error({}, fmt::format("--option takes NAME=VALUE, not \"{}\"", word));
    return;
  }
  const auto name = word.substr(0, equals);
  auto value = config::parse_yaml(word.substr(equals + 1), problems);
  if (!value) return;
  std::erase_if(map.entries, [&](const config::Entry& entry) { return entry.key == name; });
  map.entries.push_back({name, {}, std::move(*value)});
}

// What stands in parentheses behind a type: "decimal(18,2)" -> {"decimal", "18", "2"}.
std::vector<std::string> type_words(const std::string& text) {
  const auto open = text.find('(');
  std::vector<std::string> words{text.substr(0, open)};
  if (open == std::string::npos || text.back() != ')') return words;
  std::istringstream inside(text.substr(open + 1, text.size() - open - 2));
  for (std::string word; std::getline(inside, word, ',');) words.push_back(word);
  return words;
}

std::optional<int> small_number(const std::string& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0 || number > 38) return std::nullopt;
  return number;
}

std::optional<Field> field_of(const std::string& name, const std::string& type) {
  const auto words = type_words(type);
  if (words[0] == "json") return json(name);
  if (words[0] == "money" && words.size() == 3 && small_number(words[2]))
    return money(name, words[1], *small_number(words[2]));
  if (words[0] == "decimal") {
    if (words.size() != 3 || !small_number(words[1]) || !small_number(words[2])) return std::nullopt;
    auto field = decimal(name, *small_number(words[1]), *small_number(words[2]));
    return field.precision >= 1 && field.scale <= field.precision ? std::optional(field) : std::nullopt;
  }
  for (const auto plain :
       {Type::kBool, Type::kInt64, Type::kFloat64, Type::kUtf8, Type::kBinary, Type::kDate, Type::kTimestamp})
    if (words.size() == 1 && words[0] == to_string(plain)) return make_field(name, plain);
  return std::nullopt;
}

Result<Field> read_field(std::string word) {
  const auto wrong = invalid_config(fmt::format(
      "--fields takes NAME:TYPE or NAME:TYPE:key, not \"{}\"; types are bool, int64, float64, utf8, binary, "
      "date, timestamp, json, decimal(18,2), money(NGN,2)",
      word));
  const bool is_key = word.ends_with(":key");
  if (is_key) word.resize(word.size() - 4);
  const auto colon = word.find(':');
  if (colon == std::string::npos || colon == 0) return wrong;
  auto field = field_of(word.substr(0, colon), word.substr(colon + 1));
  if (!field) return wrong;
  field->is_key = is_key;
  field->is_nullable = !is_key;
  return *field;
}

}  // namespace

std::optional<config::OptionTree> read_stage_options(const sentinel_component& component, const std::string& file,
                                                     const std::vector<std::string>& assignments) {
  config::Problems problems(file.empty() ? "--option" : file);
  auto map = read_map(file, problems);
  std::erase_if(map.entries, [](const config::Entry& entry) { return entry.key == "use"; });
  for (const auto& word : assignments) assign(map, word, problems);
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
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    SENTINEL_ASSIGN(auto field, read_field(word));
    if (schema.find(field.name) != Schema::npos)
      return invalid_config(fmt::format("--fields names \"{}\" twice", field.name));
    schema.add(std::move(field));
  }
  return schema;
}

}  // namespace sentinel::app
