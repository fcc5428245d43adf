// Finds the collection on the site, and makes the schema of its items from the fields that the service describes.
#include "webflow_source/collection.hpp"

#include <sentinel/did_you_mean.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::webflow_source {
namespace {

FieldKind kind_of(std::string_view type) {
  static constexpr std::pair<std::string_view, FieldKind> kKinds[] = {
      {"PlainText", FieldKind::kText}, {"RichText", FieldKind::kText}, {"Email", FieldKind::kText},
      {"Phone", FieldKind::kText},     {"Link", FieldKind::kText},     {"VideoLink", FieldKind::kText},
      {"Color", FieldKind::kText},     {"Number", FieldKind::kNumber}, {"Switch", FieldKind::kSwitch},
      {"DateTime", FieldKind::kTime},  {"Option", FieldKind::kOption}, {"Reference", FieldKind::kReference}};
  const auto* found = std::ranges::find(kKinds, type, &std::pair<std::string_view, FieldKind>::first);
  return found == std::end(kKinds) ? FieldKind::kJson : found->second;
}

std::string names_of(const std::vector<Listed>& list) {
  std::string text;
  for (const auto& entry : list) text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", entry.slug);
  return text.empty() ? "none" : text;
}

bool is_named(const Listed& entry, const std::string& name) {
  return entry.id == name || entry.slug == name || entry.name == name;
}

// The entry of that name. Two may share a display name, so an id or a slug takes precedence.
Result<std::string> pick(const std::vector<Listed>& list, const std::string& name, const std::string& what,
                         const std::string& option) {
  for (const auto& entry : list)
    if (entry.id == name || entry.slug == name) return entry.id;
  const auto count = std::ranges::count_if(list, [&](const auto& entry) { return is_named(entry, name); });
  if (count == 1) return std::ranges::find_if(list, [&](const auto& entry) { return is_named(entry, name); })->id;
  if (count > 1)
    return invalid_config(fmt::format("{} {} are called \"{}\"; name one by its slug or id: {}", count, what, name,
                                      names_of(list)))
        .at_option(option);
  std::vector<std::string> slugs;
  for (const auto& entry : list) slugs.push_back(entry.slug);
  const auto meant = nearest(name, slugs);
  return invalid_config(fmt::format("no \"{}\" among the {} that the token can see; {}", name, what,
                                    meant ? fmt::format("did you mean \"{}\"?", *meant)
                                          : fmt::format("there are: {}", names_of(list))))
      .at_option(option);
}

Result<std::vector<Listed>> list(Api& api, const std::string& path, std::string_view member, std::string_view slug) {
  SENTINEL_ASSIGN(const auto reply, api.get(path, member));
  SENTINEL_ASSIGN(const auto answer, Object::parse(reply.body));
  SENTINEL_ASSIGN(const auto objects, objects_of(answer, member));
  std::vector<Listed> entries;
  for (const auto& object : objects)
    entries.push_back({object.text("id"), object.text(slug), object.text("displayName")});
  return entries;
}

Listed locale_of(const Object& locale) {
  return {locale.text("cmsLocaleId"), locale.text("tag"), locale.text("displayName")};
}

// Empty for a site in one language.
Result<std::vector<Listed>> list_locales(Api& api, const std::string& site_id) {
  SENTINEL_ASSIGN(const auto reply, api.get("/sites/" + support::http::percent_encoded(site_id), "id"));
  SENTINEL_ASSIGN(const auto site, Object::parse(reply.body));
  const auto* member = site.find("locales");
  if (member == nullptr) return std::vector<Listed>();
  SENTINEL_ASSIGN(const auto locales, Object::parse(member->raw));
  std::vector<Listed> listed;
  if (const auto* primary = locales.find("primary")) {
    SENTINEL_ASSIGN(const auto locale, Object::parse(primary->raw));
    listed.push_back(locale_of(locale));
  }
  if (locales.find("secondary") == nullptr) return listed;
  SENTINEL_ASSIGN(const auto secondary, objects_of(locales, "secondary"));
  for (const auto& locale : secondary) listed.push_back(locale_of(locale));
  return listed;
}

Result<CollectionField> field_of(const Object& object) {
  CollectionField field;
  field.slug = object.text("slug");
  field.type = object.text("type");
  field.kind = kind_of(field.type);
  field.is_required = object.is_true("isRequired");
  const auto* rules = object.find("validations");
  if (rules == nullptr || rules->kind != support::JsonKind::kObject) return field;
  SENTINEL_ASSIGN(const auto validations, Object::parse(rules->raw));
  field.references = validations.text("collectionId");
  if (validations.find("options") == nullptr) return field;
  SENTINEL_ASSIGN(const auto choices, objects_of(validations, "options"));
  for (const auto& choice : choices) field.option_names[choice.text("id")] = choice.text("name");
  return field;
}

Field shape_of(const CollectionField& field) {
  const auto name = "fieldData." + field.slug;
  switch (field.kind) {
    case FieldKind::kSwitch: return boolean(name);
    case FieldKind::kTime: return timestamp(name);
    case FieldKind::kJson: return json(name);
    default: return utf8(name);
  }
}

}  // namespace

Result<std::string> find_site(Api& api, const std::string& site) {
  SENTINEL_ASSIGN(const auto sites, list(api, "/sites", "sites", "shortName"));
  if (!site.empty()) return pick(sites, site, "sites", "site");
  if (sites.size() == 1) return sites[0].id;
  return invalid_config(fmt::format("the token can see {} sites; name one: {}", sites.size(), names_of(sites)))
      .at_option("site");
}

Result<std::vector<std::string>> find_locales(Api& api, const std::string& site_id,
                                              const std::vector<std::string>& names) {
  std::vector<std::string> ids;
  if (names.empty()) return ids;
  SENTINEL_ASSIGN(const auto locales, list_locales(api, site_id));
  for (std::size_t i = 0; i < names.size(); ++i) {
    SENTINEL_ASSIGN(auto id, pick(locales, names[i], "locales", fmt::format("locales.{}", i)));
    ids.push_back(std::move(id));
  }
  return ids;
}

Result<std::vector<Listed>> list_collections(Api& api, const std::string& site_id) {
  return list(api, fmt::format("/sites/{}/collections", support::http::percent_encoded(site_id)), "collections",
              "slug");
}

Result<std::string> find_collection(Api& api, const std::string& site_id, const std::string& content) {
  SENTINEL_ASSIGN(const auto collections, list_collections(api, site_id));
  return pick(collections, content, "collections", "content");
}

Result<Collection> describe_collection(Api& api, const std::string& collection_id) {
  SENTINEL_ASSIGN(const auto reply, api.get("/collections/" + support::http::percent_encoded(collection_id), "fields"));
  SENTINEL_ASSIGN(const auto answer, Object::parse(reply.body));
  Collection collection{answer.text("id"), answer.text("slug"), answer.text("displayName"), {}};
  SENTINEL_ASSIGN(const auto fields, objects_of(answer, "fields"));
  for (const auto& object : fields) {
    SENTINEL_ASSIGN(auto field, field_of(object));
    collection.fields.push_back(std::move(field));
  }
  // In a fixed order: moving a field in the designer changes nothing.
  std::ranges::sort(collection.fields, {}, &CollectionField::slug);
  return collection;
}

Result<Schema> schema_of(const Collection& collection, const Options& options) {
  Schema schema{utf8("id").key(),     utf8("locale"),       utf8("status"),
                timestamp("created"), timestamp("updated"), timestamp("published")};
  if (!options.locales.empty()) {
    auto fields = schema.fields();
    fields[kLocale] = utf8("locale").key();
    schema = Schema(std::move(fields));
  }
  for (const auto& field : collection.fields) schema.add(shape_of(field));
  schema.set_departures(options.on_departure == Departure::kMark, options.on_departure == Departure::kDelete);
  for (std::size_t i = 0; i < options.resolve.size(); ++i) {
    const auto& slug = options.resolve[i];
    const auto found = std::ranges::find(collection.fields, slug, &CollectionField::slug);
    const auto option = fmt::format("resolve.{}", i);
    if (found == collection.fields.end())
      return invalid_config(fmt::format("the collection \"{}\" has no field \"{}\"", collection.slug, slug))
          .at_option(option);
    if (found->kind != FieldKind::kOption && found->references.empty())
      return invalid_config(fmt::format("field \"{}\" is a {}; only options and references have names to resolve", slug,
                                        found->type))
          .at_option(option);
  }
  return schema;
}

}  // namespace sentinel::webflow_source
