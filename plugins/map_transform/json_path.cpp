// Descends into a JSON text step by step; each level is parsed strictly, so invalid JSON is found anywhere.
#include "map_transform/json_path.hpp"

#include "support/json/json_text.hpp"

namespace sentinel::map_transform {
namespace {

using support::JsonKind;
using support::JsonMember;

constexpr std::string_view kSpace = " \t\r\n";

std::string_view kind_at(char first) {
  switch (first) {
    case '{': return "an object";
    case '[': return "a list";
    case '"': return "a text";
    case 't':
    case 'f': return "a boolean";
    case 'n': return "null";
    default: return "a number";
  }
}

// The member or element one step down; nothing if it is missing or null.
Result<std::optional<JsonMember>> step_down(std::string_view raw, const PathStep& step, std::size_t number) {
  const bool wants_list = step.index.has_value();
  const char first = raw[raw.find_first_not_of(kSpace)];
  if (first == (wants_list ? '[' : '{')) {
    auto found = wants_list ? support::find_json_element(raw, *step.index) : support::find_json_member(raw, step.name);
    if (!found) return Status(found.error()).native("map", "bad_json");
    if (*found && (*found)->kind == JsonKind::kNull) return std::optional<JsonMember>();
    return found;
  }
  const auto whole = support::compact_json(raw);
  if (!whole) return Status(whole.error()).native("map", "bad_json");
  if (first == 'n') return std::optional<JsonMember>();
  return wrong_kind(number, kind_at(first), wants_list ? "a list" : "an object");
}

}  // namespace

Result<std::optional<std::string>> json_at(std::string_view text, const Path& path) {
  if (text.find_first_not_of(kSpace) == std::string_view::npos) return std::optional<std::string>();
  JsonMember at{{}, JsonKind::kObject, text, {}};
  for (std::size_t i = 0; i < path.size(); ++i) {
    SENTINEL_ASSIGN(auto next, step_down(at.raw, path[i], i + 1));
    if (!next) return std::optional<std::string>();
    at = std::move(*next);
  }
  if (at.kind == JsonKind::kString) return std::optional(std::move(at.text));
  SENTINEL_ASSIGN(auto compact, support::compact_json(at.raw));
  return std::optional(std::move(compact));
}

}  // namespace sentinel::map_transform
