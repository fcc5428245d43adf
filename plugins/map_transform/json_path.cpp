// Goes down a JSON text step by step; each level is read strictly, so broken JSON is found wherever it is.
#include "json_path.hpp"

#include "support/json/json_text.hpp"

#include <algorithm>

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

Result<std::vector<JsonMember>> level(std::string_view raw, std::size_t number, bool wants_list) {
  const char first = raw[raw.find_first_not_of(kSpace)];
  if (first == (wants_list ? '[' : '{')) {
    auto members = wants_list ? support::parse_json_array(raw) : support::parse_json_object(raw);
    if (!members) return Status(members.error()).native("map", "bad_json");
    return members;
  }
  const auto whole = support::compact_json(raw);
  if (!whole) return Status(whole.error()).native("map", "bad_json");
  if (first == 'n') return std::vector<JsonMember>();
  return wrong_kind(number, kind_at(first), wants_list ? "a list" : "an object");
}

JsonMember* find(std::vector<JsonMember>& members, const PathStep& step) {
  if (step.index) return *step.index < members.size() ? &members[*step.index] : nullptr;
  const auto found = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.name == step.name; });
  return found == members.end() ? nullptr : &*found;
}

}  // namespace

Result<std::optional<std::string>> json_at(std::string_view text, const Path& path) {
  if (text.find_first_not_of(kSpace) == std::string_view::npos) return std::optional<std::string>();
  JsonMember at{{}, JsonKind::kObject, text, {}};
  for (std::size_t i = 0; i < path.size(); ++i) {
    SENTINEL_ASSIGN(auto members, level(at.raw, i + 1, path[i].index.has_value()));
    auto* next = find(members, path[i]);
    if (next == nullptr || next->kind == JsonKind::kNull) return std::optional<std::string>();
    at = std::move(*next);
  }
  if (at.kind == JsonKind::kString) return std::optional(std::move(at.text));
  SENTINEL_ASSIGN(auto compact, support::compact_json(at.raw));
  return std::optional(std::move(compact));
}

}  // namespace sentinel::map_transform
