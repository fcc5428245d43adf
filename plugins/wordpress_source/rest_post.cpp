// Converts a post of the REST API to the values that the database returns, and rejects meta that REST does not show
// exactly.
#include "wordpress_source/rest_post.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sentinel::wordpress_source {
namespace {

using support::JsonKind;
using support::JsonMember;
using support::JsonObject;

struct RestColumn {
  std::string_view field, member;
  bool is_raw = false;  // an object whose "raw" is what the database holds
};

constexpr std::array<RestColumn, 10> kColumns = {{{"id", "id"},
                                                  {"status", "status"},
                                                  {"type", "type"},
                                                  {"title", "title", true},
                                                  {"slug", "slug"},
                                                  {"author", "author"},
                                                  {"parent", "parent"},
                                                  {"created_gmt", "date_gmt"},
                                                  {"modified_gmt", "modified_gmt"},
                                                  {"content", "content", true}}};

// What PHP would have stored: a boolean as '1' or ''.
std::optional<std::string> text_of(const JsonMember* member) {
  if (member == nullptr) return std::nullopt;
  switch (member->kind) {
    case JsonKind::kNull: return std::nullopt;
    case JsonKind::kString: return member->text;
    case JsonKind::kBoolean: return member->raw == "true" ? "1" : "";
    default: return std::string(member->raw);
  }
}

// A double keeps any 15 digits.
bool fits_double(std::string_view number) {
  const auto digits = std::ranges::count_if(number, [](char c) { return c >= '0' && c <= '9'; });
  return digits <= 15 && number.find_first_of("eE") == std::string_view::npos;
}

// Why the value may differ from what the database holds; empty if it cannot.
std::string doubt_of(const RestMeta& meta, const JsonMember& value) {
  constexpr std::string_view kCure = "; correct it there, or read the database (connection)";
  if (value.kind == JsonKind::kNull && !meta.may_be_null)
    return fmt::format("meta \"{}\" is shown as null: the stored value does not fit the type it is registered with{}",
                       meta.key, kCure);
  if (value.kind != JsonKind::kNumber) return {};
  const bool is_clamped = value.raw == "9223372036854775807" || value.raw == "-9223372036854775808";
  if (is_clamped)
    return fmt::format("meta \"{}\" is at the limit of 64 bits, where REST truncates larger numbers{}", meta.key,
                       kCure);
  if (meta.is_number && !fits_double(value.raw))
    return fmt::format("meta \"{}\" was converted to a floating-point number that does not keep so many digits{}",
                       meta.key, kCure);
  return {};
}

Status take_meta(const JsonObject& shown, const RestMeta& meta, std::optional<std::string>& value, Post& post) {
  const auto found = std::ranges::find(shown.members(), meta.key, &JsonMember::name);
  if (found == shown.members().end())
    return {Code::kSchemaChanged, fmt::format("the site no longer shows the meta \"{}\"", meta.key)};
  value = text_of(&*found);
  if (post.fault.empty()) post.fault = doubt_of(meta, *found);
  return {};
}

}  // namespace

std::string rest_fields(const Options& options) {
  std::string fields = "meta";
  for (const auto& column : kColumns)
    if (column.field != "content" || options.include_content)
      fields += fmt::format(",{}{}", column.member, column.is_raw ? ".raw" : "");
  return fields;
}

Result<Post> read_rest_post(const JsonObject& item, const Schema& schema, const std::vector<RestMeta>& meta) {
  Post post;
  post.id = item.integer("id").value_or(0);
  post.values.resize(schema.size());
  const auto first_meta = schema.size() - meta.size();
  for (std::size_t i = 0; i < first_meta; ++i) {
    const auto& column = *std::ranges::find(kColumns, schema[i].name, &RestColumn::field);
    const auto inner = item.object(column.member);
    post.values[i] = text_of(column.is_raw ? inner.find("raw") : item.find(column.member));
  }
  const auto shown = item.object("meta");
  for (std::size_t i = 0; i < meta.size(); ++i)
    SENTINEL_TRY(take_meta(shown, meta[i], post.values[first_meta + i], post));
  return post;
}

}  // namespace sentinel::wordpress_source
