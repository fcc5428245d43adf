// Looks up the members of a JSON object by name.
#include "support/json/json_object.hpp"

#include <algorithm>
#include <charconv>

namespace sentinel::support {

Result<JsonObject> JsonObject::parse(std::string_view text) {
  JsonObject object;
  SENTINEL_ASSIGN(object.members_, parse_json_object(text));
  return object;
}

const JsonMember* JsonObject::find(std::string_view name) const {
  const auto found = std::ranges::find(members_, name, &JsonMember::name);
  return found == members_.end() || found->kind == JsonKind::kNull ? nullptr : &*found;
}

std::string JsonObject::text(std::string_view name) const {
  const auto* member = find(name);
  return member != nullptr && member->kind == JsonKind::kString ? member->text : "";
}

bool JsonObject::is_true(std::string_view name) const {
  const auto* member = find(name);
  return member != nullptr && member->raw == "true";
}

std::optional<std::int64_t> JsonObject::integer(std::string_view name) const {
  const auto* member = find(name);
  if (member == nullptr || member->kind != JsonKind::kNumber) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(member->raw.data(), member->raw.data() + member->raw.size(), number);
  if (error != std::errc{} || end != member->raw.data() + member->raw.size()) return std::nullopt;
  return number;
}

JsonObject JsonObject::object(std::string_view name) const {
  const auto* member = find(name);
  if (member == nullptr || member->kind != JsonKind::kObject) return {};
  auto inner = parse(member->raw);
  return inner ? std::move(*inner) : JsonObject();
}

}  // namespace sentinel::support
