// Collects the fields of the records seen so far, where the pipeline file does not name them.
#include "json_lines_source/found_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::json_lines_source {
namespace {

using support::JsonKind;

constexpr std::size_t kMostFields = 1000;

bool is_nested(JsonKind kind) { return kind == JsonKind::kArray || kind == JsonKind::kObject; }

Field field_of(const support::JsonMember& member) {
  return is_nested(member.kind) ? json(member.name) : utf8(member.name);
}

}  // namespace

void FoundFields::look_at(const std::vector<support::JsonMember>& members) {
  for (const auto& member : members) {
    const auto known = std::ranges::find(fields_, member.name, &Field::name);
    if (known != fields_.end())
      known->is_json = known->is_json || is_nested(member.kind);
    else if (fields_.size() < kMostFields)
      fields_.push_back(field_of(member));
  }
}

Status FoundFields::add(const support::JsonMember& member) {
  if (std::ranges::find(fields_, member.name, &Field::name) != fields_.end())
    return {};  // known already, and read again
  if (fields_.size() >= kMostFields)
    return invalid_config(
               fmt::format("the records have more than {} different fields; name the wanted ones", kMostFields))
        .at_option("fields");
  fields_.push_back(field_of(member));
  return {};
}

}  // namespace sentinel::json_lines_source
