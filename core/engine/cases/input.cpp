// Turns records into snapshots, the form in which dead letters keep them.
#include "engine/cases/input.hpp"

#include "engine/config/yaml/scalar.hpp"
#include "engine/config/yaml/text_file.hpp"
#include "engine/ledger/record_snapshot.hpp"

#include <sentinel/did_you_mean.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace sentinel::cases {
namespace {

using config::Node;

const std::vector<std::string> kTypes = {"text",      "int64", "bool",   "float64",      "date",
                                         "timestamp", "json",  "binary", "decimal(10,2)"};

bool is_decimal(const std::string& type, int& precision, int& scale) {
  char end = 0;
  return std::sscanf(type.c_str(), "decimal(%2d,%2d%c", &precision, &scale, &end) == 3 && end == ')' &&
         precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision;
}

// True for a list of flat maps; anything else is reported.
bool is_list_of_maps(const Node& node, std::string_view what, config::Problems& problems) {
  if (node.kind == Node::Kind::kRefused) return false;
  if (node.kind != Node::Kind::kList) {
    problems.error(node.at, fmt::format("{} must be a list of maps, not {}", what, config::name_of(node.kind)));
    return false;
  }
  bool is_right = true;
  const auto refuse = [&](const Node& at, const std::string& text) {
    problems.error(at.at, text);
    is_right = false;
  };
  for (const auto& item : node.items) {
    if (item.kind != Node::Kind::kMap)
      refuse(item, fmt::format("each of {} must be a map of fields, not {}", what, config::name_of(item.kind)));
    for (const auto& entry : item.entries)
      if (entry.value.kind != Node::Kind::kText && entry.value.kind != Node::Kind::kNull)
        refuse(entry.value, fmt::format("field \"{}\" must be one value, not {}; write nested data as JSON text",
                                        entry.key, config::name_of(entry.value.kind)));
  }
  return is_right;
}

Schema schema_of(const Node& records, const SourceShape& shape) {
  auto fields = shape.types;
  const auto known = [&](const std::string& name) {
    return std::any_of(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
  };
  for (const auto& name : shape.key)
    if (!known(name)) fields.push_back(utf8(name));
  for (const auto& record : records.items)
    for (const auto& entry : record.entries)
      if (!known(entry.key)) fields.push_back(utf8(entry.key));
  for (auto& field : fields)
    if (std::find(shape.key.begin(), shape.key.end(), field.name) != shape.key.end()) {
      field.is_key = true;
      field.is_nullable = false;
    }
  return Schema(std::move(fields));
}

// The value as a snapshot writes it: numbers as they are, all else as text.
Result<std::string> json_value(const Field& field, const Node& node) {
  if (node.kind == Node::Kind::kNull) return std::string("null");
  if (field.type == Type::kInt64) {
    SENTINEL_ASSIGN(const auto number, config::parse_integer(node.text));
    return std::to_string(number);
  }
  if (field.type == Type::kBool) {
    SENTINEL_ASSIGN(const auto boolean, config::parse_boolean(node.text));
    return std::string(boolean ? "true" : "false");
  }
  const auto text = nlohmann::json(node.text).dump();
  return field.type == Type::kBinary ? "{\"$base64\":" + text + "}" : text;
}

void read_record(const Node& record, config::Problems& problems, Case& into) {
  std::string json = "{";
  for (const auto& entry : record.entries) {
    const auto& field = into.schema[into.schema.find(entry.key)];
    const auto value = json_value(field, entry.value);
    if (!value)
      return problems.error(entry.value.at, fmt::format("field \"{}\" {}", entry.key, value.error().message()));
    json += fmt::format("{}{}:{}", json.size() > 1 ? "," : "", nlohmann::json(entry.key).dump(), *value);
  }
  auto& snapshot = into.records.emplace_back(json + "}");
  if (const auto tried = ledger::batch_from_snapshots(into.schema, std::span(&snapshot, 1)); !tried) {
    const auto& message = tried.error().message();
    constexpr std::string_view kPlace = "record 1 of 1 ";
    problems.error(record.at, "the record " + message.substr(message.starts_with(kPlace) ? kPlace.size() : 0));
  }
}

}  // namespace

std::optional<Field> field_of_type(const std::string& name, const std::string& type) {
  int precision = 0, scale = 0;
  if (type == "text" || type == "utf8") return utf8(name);
  if (type == "json") return json(name);
  if (is_decimal(type, precision, scale)) return decimal(name, precision, scale);
  for (const auto known : {Type::kInt64, Type::kBool, Type::kFloat64, Type::kDate, Type::kTimestamp, Type::kBinary})
    if (type == to_string(known)) return make_field(name, known);
  return std::nullopt;
}

std::string type_problem(const std::string& name, const std::string& type) {
  return fmt::format("field \"{}\" cannot have the type {}{}; there are: {}", name, config::in_quotes(type),
                     did_you_mean(type, kTypes), config::listed(kTypes));
}

void read_input(const Node& input, const SourceShape& shape, const std::string& case_path, config::Problems& problems,
                Case& into) {
  if (input.kind == Node::Kind::kText) {
    const auto path = (std::filesystem::path(case_path).parent_path() / input.text).lexically_normal().string();
    const auto content = config::read_text_file(path, config::kMaxFileBytes);
    if (!content) return problems.error(input.at, fmt::format("input file {}: {}", path, content.error().message()));
    config::Problems inside(path);
    const auto root = config::parse_yaml(*content, inside);
    if (root && root->kind == Node::Kind::kText) inside.error(root->at, "input must be a list of maps, not a text");
    if (root && !inside.has_errors()) read_input(*root, shape, path, inside, into);
    for (auto& problem : std::move(inside).in_order()) problems.add(std::move(problem));
    return;
  }
  if (!is_list_of_maps(input, "input", problems)) return;
  into.schema = schema_of(input, shape);
  for (const auto& record : input.items) read_record(record, problems, into);
}

std::vector<ExpectedRow> read_rows(const Node& rows, config::Problems& problems) {
  std::vector<ExpectedRow> expected;
  if (!is_list_of_maps(rows, "rows", problems)) return expected;
  for (const auto& row : rows.items) {
    auto& one = expected.emplace_back();
    one.at = row.at;
    for (const auto& entry : row.entries)
      one.values.emplace_back(entry.key,
                              entry.value.kind == Node::Kind::kNull ? std::nullopt : std::optional(entry.value.text));
  }
  return expected;
}

}  // namespace sentinel::cases
