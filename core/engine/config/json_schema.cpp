// Writes one definition for each component, chosen by `use:`, with one property for each option.
#include "engine/config/json_schema.hpp"

#include "engine/config/option_reader.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <limits>
#include <utility>

namespace sentinel::config {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kReference = R"(\$\{(env|file):)";  // any scalar may come from outside the file

Json reference() { return {{"type", "string"}, {"pattern", kReference}}; }

// A scalar of this form, or a reference that brings one in.
Json or_reference(Json form) { return {{"anyOf", Json::array({std::move(form), reference()})}}; }

// The reader takes every scalar where a text is wanted, so `table: 2024` needs no quotes.
Json text_schema() { return {{"type", {"string", "number", "boolean"}}}; }

Json integer_schema(const sentinel_option& option) {
  Json form = {{"type", "integer"}};
  if (option.minimum != std::numeric_limits<std::int64_t>::min()) form["minimum"] = option.minimum;
  if (option.maximum != std::numeric_limits<std::int64_t>::max()) form["maximum"] = option.maximum;
  return or_reference(std::move(form));
}

Json choice_schema(const sentinel_option& option) {
  auto words = Json::array();
  for (auto choice = option.choices; choice != nullptr && *choice != nullptr; ++choice) {
    words.push_back(*choice);
    if (words.back() == "null") words.push_back(nullptr);  // as YAML reads the bare word
  }
  return or_reference({{"enum", std::move(words)}});
}

Json one_of_types(Json first, Json second) {
  return {{"anyOf", Json::array({std::move(first), std::move(second), reference()})}};
}

Json table_schema(const sentinel_option_table* table);

Json object_schema(const sentinel_option& option) {
  auto object = table_schema(option.table);
  for (std::uint32_t i = 0; option.table != nullptr && i < option.table->count; ++i) {
    const auto& inner = *option.table->options[i];
    if ((inner.flags & SENTINEL_OPTION_SHORTHAND) == 0) continue;
    auto shorthand = object["properties"][inner.name];
    return {{"anyOf", Json::array({std::move(shorthand), std::move(object)})}};
  }
  return object;
}

Json value_schema(std::int32_t type, const sentinel_option& option) {
  switch (type) {
    case SENTINEL_TYPE_INTEGER: return integer_schema(option);
    case SENTINEL_TYPE_NUMBER:
      return one_of_types({{"type", "number"}}, {{"type", "string"}, {"pattern", R"(^[0-9]+(\.[0-9]+)?%$)"}});
    case SENTINEL_TYPE_BOOLEAN: return or_reference({{"type", "boolean"}});
    case SENTINEL_TYPE_DURATION: return or_reference({{"type", "string"}, {"pattern", "^[0-9]+(ms|s|m|h|d)$"}});
    case SENTINEL_TYPE_SIZE:
      return one_of_types({{"type", "integer"}},
                          {{"type", "string"}, {"pattern", "^[0-9]+(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$"}});
    case SENTINEL_TYPE_ENUM: return choice_schema(option);
    case SENTINEL_TYPE_LIST: {
      auto item = value_schema(option.element_type, option);
      if (option.element_type == SENTINEL_TYPE_OBJECT) return {{"type", "array"}, {"items", std::move(item)}};
      return {{"anyOf", Json::array({{{"type", "array"}, {"items", item}}, item})}};  // one item needs no brackets
    }
    case SENTINEL_TYPE_MAP:
      return {{"type", "object"}, {"additionalProperties", value_schema(option.element_type, option)}};
    case SENTINEL_TYPE_OBJECT: return object_schema(option);
    default: return text_schema();
  }
}

// The default as a value of the option's own type, where it has one; else as text.
Json default_value(const sentinel_option& option) {
  const std::string_view text = option.default_text;
  std::int64_t integer = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (option.type == SENTINEL_TYPE_INTEGER && fault == std::errc{} && end == text.data() + text.size()) return integer;
  if (option.type == SENTINEL_TYPE_BOOLEAN) return text == "true";
  return text;
}

Json option_schema(const sentinel_option& option) {
  auto schema = value_schema(option.type, option);
  std::string words = option.doc;
  if ((option.flags & SENTINEL_OPTION_SECRET) != 0) words += " Secret: write ${env:NAME}, never the value itself.";
  if ((option.flags & SENTINEL_OPTION_IDENTITY) != 0)
    words += " Says what is read: another value is another source, with a checkpoint of its own.";
  schema["description"] = std::move(words);
  if (option.default_text != nullptr) schema["default"] = default_value(option);
  if ((option.flags & SENTINEL_OPTION_DEPRECATED) != 0) schema["deprecated"] = true;
  return schema;
}

// The same value under a former name.
Json as_former(Json schema, std::string_view name) {
  schema["deprecated"] = true;
  schema["description"] = fmt::format("Former name of {}.", name);
  return schema;
}

// Requires the name, or one of its former names.
Json required_schema(std::string_view name, const std::vector<std::string_view>& former_names) {
  if (former_names.empty()) return {{"required", {name}}};
  auto any = Json::array({{{"required", {name}}}});
  for (const auto former : former_names) any.push_back({{"required", {former}}});
  return {{"anyOf", std::move(any)}};
}

Json table_schema(const sentinel_option_table* table) {
  Json schema = {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
  auto required = Json::array();
  for (std::uint32_t i = 0; table != nullptr && i < table->count; ++i) {
    const auto& option = *table->options[i];
    auto value = option_schema(option);
    const auto former = former_names(option);
    for (const auto name : former) schema["properties"][std::string(name)] = as_former(value, option.name);
    schema["properties"][option.name] = std::move(value);
    if ((option.flags & SENTINEL_OPTION_REQUIRED) != 0) required.push_back(required_schema(option.name, former));
  }
  if (!required.empty()) schema["allOf"] = std::move(required);
  return schema;
}

// A stage of one kind: `use` chooses which options stand beside it.
Json stage_schema(std::int32_t kind, ComponentCatalogue& catalogue, std::vector<Status>& refused) {
  auto uses = Json::array(), choices = Json::array();
  for (const auto& name : catalogue.names(kind)) {
    const auto found = catalogue.find(kind, name);
    if (!found) {
      refused.push_back(found.error());
      continue;
    }
    auto options = table_schema((*found)->options);
    options["properties"]["use"] = {{"const", name}, {"description", (*found)->doc}};
    choices.push_back(
        {{"if", {{"required", {"use"}}, {"properties", {{"use", {{"const", name}}}}}}}, {"then", std::move(options)}});
    uses.push_back({{"const", name}, {"description", (*found)->doc}});
  }
  return {{"type", "object"},
          {"required", {"use"}},
          {"properties", {{"use", {{"oneOf", std::move(uses)}}}}},
          {"allOf", std::move(choices)}};
}

Json options_schema(const TopLevelKey& key) {
  auto schema = table_schema(key.options);
  for (const auto option : key.one_of) schema["oneOf"].push_back({{"required", {option}}});
  for (const auto& [option, former, today] : key.former_values)
    schema["properties"][std::string(option)]["anyOf"].push_back(as_former({{"const", former}}, today));
  return schema;
}

Json key_schema(const TopLevelKey& key, ComponentCatalogue& catalogue, std::vector<Status>& refused) {
  using Form = TopLevelKey::Form;
  switch (key.form) {
    case Form::kVersion: return {{"enum", {1, "1"}}};
    case Form::kName: return {{"type", "string"}, {"pattern", "^[a-z0-9][a-z0-9_-]{0,63}$"}};
    case Form::kStage: return stage_schema(key.stage_kind, catalogue, refused);
    case Form::kStages: return {{"type", "array"}, {"items", stage_schema(key.stage_kind, catalogue, refused)}};
    case Form::kOptions: return options_schema(key);
    case Form::kCommand: return {{"type", "array"}, {"items", {{"type", "string"}}}, {"minItems", 1}};
  }
  return {};
}

}  // namespace

std::string json_schema(ComponentCatalogue& catalogue, std::vector<Status>& refused,
                        std::span<const TopLevelKey> keys) {
  auto properties = Json::object();
  auto required = Json::array();
  for (const auto& key : keys) {
    auto schema = key_schema(key, catalogue, refused);
    schema["description"] = key.doc;
    for (const auto former : key.former_names) properties[std::string(former)] = as_former(schema, key.name);
    properties[std::string(key.name)] = std::move(schema);
    if (key.if_missing != nullptr) required.push_back(required_schema(key.name, key.former_names));
  }
  return Json{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "Sentinel pipeline file"},
              {"type", "object"},
              {"additionalProperties", false},
              {"allOf", std::move(required)},
              {"properties", std::move(properties)}}
             .dump(2) +
         "\n";
}

}  // namespace sentinel::config
