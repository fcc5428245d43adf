// Reads a post type from the REST API: its route, its statuses and the meta keys that it shows.
#include "wordpress_source/rest_type.hpp"

#include <sentinel/did_you_mean.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace sentinel::wordpress_source {
namespace {

using support::JsonKind;
using support::JsonObject;

// A JSON Schema names one type, or a list of them.
bool says_type(const JsonObject& schema, std::string_view type) {
  if (schema.text("type") == type) return true;
  const auto* member = schema.find("type");
  const auto list = member == nullptr ? support::parse_json_array("[]") : support::parse_json_array(member->raw);
  return list && std::ranges::any_of(*list, [&](const auto& each) { return each.text == type; });
}

RestMeta meta_of(const support::JsonMember& property) {
  const auto schema = JsonObject::parse(property.raw);
  if (!schema) return {property.name, false, false};
  return {property.name, says_type(*schema, "number"), says_type(*schema, "null")};
}

// The values that the argument "status" of the list endpoint accepts.
std::vector<std::string> statuses_of(const JsonObject& description) {
  std::vector<std::string> statuses;
  const auto* endpoints = description.find("endpoints");
  const auto list = endpoints == nullptr ? support::parse_json_array("[]") : support::parse_json_array(endpoints->raw);
  if (!list || list->empty()) return statuses;
  const auto first = JsonObject::parse(list->front().raw);
  if (!first) return statuses;
  const auto items = first->object("args").object("status").object("items");
  const auto* values = items.find("enum");
  const auto names = values == nullptr ? support::parse_json_array("[]") : support::parse_json_array(values->raw);
  if (!names) return statuses;
  for (const auto& name : *names)
    if (name.text != "any") statuses.push_back(name.text);
  return statuses;
}

// `; did you mean "donation"? it shows: post, donation`
template <class T>
std::string guess_and_list(const std::string& name, const std::vector<T>& shown, std::string T::*of) {
  std::vector<std::string> names;
  for (const auto& each : shown) names.push_back(each.*of);
  const auto guess = did_you_mean(name, names);
  return fmt::format("{} it shows: {}", guess.empty() ? ";" : guess,
                     names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
}

}  // namespace

Result<std::vector<RestType>> list_types(RestApi& api) {
  SENTINEL_ASSIGN(const auto reply, api.get("/wp/v2/types", JsonKind::kObject, {{"context", "edit"}}));
  SENTINEL_ASSIGN(const auto answer, JsonObject::parse(reply.body));
  std::vector<RestType> types;
  for (const auto& member : answer.members()) {
    const auto listed = JsonObject::parse(member.raw);
    if (!listed) continue;
    const auto space = listed->text("rest_namespace");
    auto& type = types.emplace_back();
    type.name = member.name;
    type.route = fmt::format("/{}/{}", space.empty() ? "wp/v2" : space, listed->text("rest_base"));
  }
  return types;
}

// GET with _method is how a client that cannot send OPTIONS requests the description.
Result<RestType> describe_type(RestApi& api, RestType type) {
  SENTINEL_ASSIGN(const auto reply, api.get(type.route, JsonKind::kObject, {{"_method", "OPTIONS"}}));
  SENTINEL_ASSIGN(const auto description, JsonObject::parse(reply.body));
  const auto properties = description.object("schema").object("properties");
  type.statuses = statuses_of(description);
  type.has_posts = !type.statuses.empty() && says_type(properties.object("id"), "integer");
  const auto meta = properties.object("meta").object("properties");
  for (const auto& property : meta.members()) type.meta.push_back(meta_of(property));
  std::ranges::sort(type.meta, {}, &RestMeta::key);
  return type;
}

Result<RestType> find_type(RestApi& api, const std::string& content) {
  SENTINEL_ASSIGN(auto types, list_types(api));
  const auto found = std::ranges::find(types, content, &RestType::name);
  if (found == types.end())
    return invalid_config(fmt::format("the site shows no post type \"{}\" over REST{}; a type is shown once it is "
                                      "registered with show_in_rest, and the database (connection) has all types",
                                      content, guess_and_list(content, types, &RestType::name)))
        .at_option("content");
  SENTINEL_ASSIGN(auto type, describe_type(api, std::move(*found)));
  if (!type.has_posts)
    return invalid_config(fmt::format("the site shows \"{}\" at {} as something other than posts; read it from the "
                                      "database (connection)",
                                      content, type.route))
        .at_option("content");
  return type;
}

Result<std::vector<RestMeta>> choose_meta(const RestType& type, const Options& options) {
  std::vector<RestMeta> chosen;
  if (!options.meta) {
    std::ranges::copy_if(type.meta, std::back_inserter(chosen), [](const auto& meta) { return meta.key[0] != '_'; });
    return chosen;
  }
  for (std::size_t i = 0; i < options.meta->size(); ++i) {
    const auto& key = (*options.meta)[i];
    const auto found = std::ranges::find(type.meta, key, &RestMeta::key);
    if (found == type.meta.end())
      return invalid_config(
                 fmt::format("the site shows no meta \"{0}\" of {1} over REST{2}; register it there with "
                             "register_post_meta('{1}', '{0}', ['show_in_rest' => true, 'single' => true]) and the "
                             "support of custom-fields, or read the database (connection)",
                             key, type.name, guess_and_list(key, type.meta, &RestMeta::key)))
          .at_option(fmt::format("meta.{}", i));
    chosen.push_back(*found);
  }
  std::ranges::sort(chosen, {}, &RestMeta::key);
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

}  // namespace sentinel::wordpress_source
