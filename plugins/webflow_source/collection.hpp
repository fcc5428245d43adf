// A collection: its fields as the service describes them, and the schema that items get.
#pragma once

#include "webflow_source/api.hpp"
#include "webflow_source/options.hpp"

#include <sentinel/schema.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sentinel::webflow_source {

// What the value of a field looks like in JSON (FieldType of the Data API v2).
enum class FieldKind {
  kText,    // PlainText, RichText, Email, Phone, Link, VideoLink, Color: a string
  kNumber,  // Number: kept with the digits that the service sent
  kSwitch,  // true or false
  kTime,    // DateTime
  kOption,  // the id of one of the options
  kReference,
  kJson  // MultiReference, Image, MultiImage, File, ExtFileRef, and types that came later: JSON text
};

struct CollectionField {
  std::string slug;  // as items name it
  std::string type;  // as named by the service
  FieldKind kind = FieldKind::kText;
  bool is_required = false;
  std::map<std::string, std::string> option_names;  // kOption: id -> name
  std::string references;                           // kReference, MultiReference: the collection that they reference
  friend bool operator==(const CollectionField&, const CollectionField&) = default;
};

struct Collection {
  std::string id, slug, name;
  std::vector<CollectionField> fields;
};

// Finds the site (by id, short name or display name; the only one that the token sees where `site` is empty) and in it
// the collection `content` (by id, slug or name). Errors: kInvalidConfig at option "site" or "content", with the
// alternatives.
Result<std::string> find_site(Api& api, const std::string& site);
Result<std::string> find_collection(Api& api, const std::string& site_id, const std::string& content);
// The CMS ids of the site's locales that are named by tag, id or display name. Errors: kInvalidConfig at option
// "locales", with those there are.
Result<std::vector<std::string>> find_locales(Api& api, const std::string& site_id,
                                              const std::vector<std::string>& names);
struct Listed {
  std::string id, slug, name;
};
Result<std::vector<Listed>> list_collections(Api& api, const std::string& site_id);
Result<Collection> describe_collection(Api& api, const std::string& collection_id);

// The position of a field of an item in the schema: the item's own properties first, then "fieldData.<slug>" for each
// field.
inline constexpr std::size_t kId = 0, kLocale = 1, kStatus = 2, kCreated = 3, kUpdated = 4, kPublished = 5,
                             kFirstField = 6;
// `has_locales`: the locale is a part of the key. Errors: kInvalidConfig at option "resolve" for a field that there is
// not, or that is neither an option nor a reference.
Result<Schema> schema_of(const Collection& collection, const Options& options);

}  // namespace sentinel::webflow_source
