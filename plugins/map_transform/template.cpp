// Parses, binds and fills templates.
#include "map_transform/template.hpp"

#include "map_transform/cast.hpp"
#include "map_transform/json_path.hpp"

#include <fmt/format.h>

#include <sentinel/did_you_mean.hpp>

namespace sentinel::map_transform {
namespace {

Result<std::optional<std::string>> read_input(const Input& input, const ColumnView& column, std::int64_t row) {
  if (column.is_null(row)) return std::optional<std::string>();
  if (!input.path.empty()) return json_at(column.text(row), input.path);
  SENTINEL_ASSIGN(auto text, text_of(column, row));
  return std::optional(std::move(text));
}

}  // namespace

Result<Input> find_input(const std::string& from, const Schema& in) {
  Input input{in.find(from), {}};
  if (input.field != Schema::npos) return input;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const auto& name = in[i].name;
    if (name.size() < longest || from.size() <= name.size() || !from.starts_with(name)) continue;
    if (from[name.size()] != '.' && from[name.size()] != '[') continue;
    input.field = i;
    longest = name.size();
  }
  if (input.field == Schema::npos) return invalid_config(unknown_field(from, in));
  const auto& field = in[input.field];
  if (field.type != Type::kUtf8)
    return invalid_config(fmt::format("the input field \"{}\" is {}, which holds no JSON for the path \"{}\"",
                                      field.name, field.type_text(), from.substr(longest)));
  SENTINEL_ASSIGN(input.path, parse_path(std::string_view(from).substr(longest)));
  return input;
}

Template Template::of(std::string from) {
  Template made;
  made.names_.push_back(std::move(from));
  made.literals_.emplace_back();
  return made;
}

Result<Template> Template::parse(std::string_view text) {
  Template made;
  const auto fault = [&](std::size_t at, const char* what) {
    return invalid_config(fmt::format("the template is not valid at byte {}: {}", at, what));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      made.literals_.back() += c;
    } else if (text.substr(i + 1).starts_with(c)) {
      made.literals_.back() += text[i++];
    } else if (c == '}') {
      return fault(i, "unmatched }; write }} for a brace");
    } else {
      const auto end = text.find('}', i);
      if (end == std::string_view::npos) return fault(i, "expected }; write {{ for a brace");
      if (end == i + 1) return fault(i, "expected a name between the braces");
      made.names_.emplace_back(text.substr(i + 1, end - i - 1));
      made.literals_.emplace_back();
      i = end;
    }
  }
  if (made.names_.empty()) return invalid_config("the template names no input field such as {name}; use constant");
  return made;
}

Status Template::bind(const Schema& in) {
  inputs_.clear();
  for (const auto& name : names_) {
    SENTINEL_ASSIGN(auto input, find_input(name, in));
    const auto& field = in[input.field];
    if (field.type == Type::kFloat64 || field.type == Type::kBinary)
      return invalid_config(
          fmt::format("the input field \"{}\" is {}, which map passes through but cannot convert to text", field.name,
                      field.type_text()));
    inputs_.push_back(std::move(input));
  }
  return {};
}

bool Template::may_be_null(const Schema& in) const {
  for (const auto& input : inputs_)
    if (!input.path.empty() || in[input.field].is_nullable) return true;
  return false;
}

std::vector<ColumnView> Template::columns(const BatchView& view) const {
  std::vector<ColumnView> columns;
  for (const auto& input : inputs_) columns.push_back(view.column(input.field));
  return columns;
}

Result<std::optional<std::string>> Template::read(const std::vector<ColumnView>& columns, std::int64_t row,
                                                  const std::optional<std::string>& null_as) const {
  std::string text = literals_.front();
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    SENTINEL_ASSIGN(const auto part, read_input(inputs_[i], columns[i], row));
    if (!part && !null_as) return std::optional<std::string>();
    text += part ? *part : *null_as;
    text += literals_[i + 1];
  }
  return std::optional(std::move(text));
}

}  // namespace sentinel::map_transform
