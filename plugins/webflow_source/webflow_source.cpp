// The calls of the source.
#include "webflow_source/webflow_source.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sentinel::webflow_source {
namespace {

constexpr std::string_view kStatuses[] = {"published", "changed", "queued", "draft", "archived"};

constexpr std::size_t kItemsThatTell = 20;  // what this many items have in common is not a coincidence

Options without_windows(Options options) {
  options.incremental = Incremental::kFull;
  return options;
}

}  // namespace

Result<std::unique_ptr<WebflowSource>> WebflowSource::open(Options options, Host& host) {
  auto address = support::http::parse_address(options.url);
  if (!address) return Status(address.error()).at_option("url");
  if (options.token.empty()) return invalid_config("the token is empty").at_option("token");
  if (options.content.empty()) return invalid_config("name the collection to read").at_option("content");
  if (options.statuses.empty()) return invalid_config("name at least one status that passes").at_option("statuses");
  for (std::size_t i = 0; i < options.statuses.size(); ++i) {
    if (std::ranges::find(kStatuses, options.statuses[i]) != std::end(kStatuses)) continue;
    return invalid_config(
               fmt::format("\"{}\" is not a status of an item; use published, changed, queued, draft or archived",
                           options.statuses[i]))
        .at_option(fmt::format("statuses.{}", i));
  }
  return std::make_unique<WebflowSource>(std::move(options), std::move(*address), host);
}

WebflowSource::WebflowSource(Options options, support::http::Address address, Host& host)
    : options_(std::move(options)),
      key_options_(without_windows(options_)),
      host_(host),
      api_(std::move(address), options_.token, options_.requests_per_minute, host),
      names_(api_) {}

Status WebflowSource::find_ids() {
  if (!collection_id_.empty()) return {};
  SENTINEL_ASSIGN(site_id_, find_site(api_, options_.site));
  // The API returns no items for an unknown locale, without an error.
  SENTINEL_ASSIGN(options_.locales, find_locales(api_, site_id_, options_.locales));
  key_options_.locales = options_.locales;
  SENTINEL_ASSIGN(collection_id_, find_collection(api_, site_id_, options_.content));
  walk_.emplace(api_, options_, collection_id_);
  key_walk_.emplace(api_, key_options_, collection_id_);
  return {};
}

Result<WebflowSource::Content> WebflowSource::describe() {
  SENTINEL_TRY(find_ids());
  Content content;
  SENTINEL_ASSIGN(content.collection, describe_collection(api_, collection_id_));
  SENTINEL_ASSIGN(content.schema, schema_of(content.collection, options_));
  return content;
}

Result<WebflowSource::Content*> WebflowSource::content() {
  if (!content_) {
    SENTINEL_ASSIGN(content_, describe());
  }
  return &*content_;
}

Result<Schema> WebflowSource::schema() {
  content_.reset();
  usual_.clear();
  names_.forget();
  SENTINEL_ASSIGN(const auto* now, content());
  return now->schema;
}

Status WebflowSource::check() {
  const auto found = schema();
  return found ? Status() : found.error();
}

Result<std::int64_t> WebflowSource::count() {
  SENTINEL_TRY(find_ids());
  return walk_->count();
}

Result<Page> WebflowSource::read(const Cursor& from, const Limits& limits, Rejects& rejects) {
  SENTINEL_ASSIGN(const auto pass, parse_pass_cursor(from));
  SENTINEL_ASSIGN(const auto* now, content());
  SENTINEL_ASSIGN(const auto stretch, walk_->next(pass, limits.max_rows, limits.max_bytes));
  // Before anything is reported, since a page that is read again reports again.
  SENTINEL_TRY(check_unchanged(stretch));
  ItemBatch batch(now->collection, now->schema, options_, names_, rejects);
  for (const auto& item : stretch.items) SENTINEL_TRY(batch.take(item.object, item.raw));
  if (from.empty() && stretch.next.is_done && stretch.items.empty())
    host_.log(LogLevel::kWarning, "the collection has no items", {{"collection", now->collection.slug}});
  return Page{batch.finish(), stretch.next.to_cursor(), stretch.next.is_done};
}

// A new field shows in the items. A removed one does not, since items omit empty fields, too: the collection is read
// again where a field that every item had is in none, and at the end of a pass.
Status WebflowSource::check_unchanged(const Stretch& stretch) {
  const auto named = named_fields(stretch.items);
  const bool is_any_new = std::ranges::any_of(named, [this](const auto& field) {
    return !describes(content_->collection, field.first) && !undescribed_.contains(field.first);
  });
  const bool is_any_missing = !stretch.items.empty() && std::ranges::any_of(usual_, [&named](const auto& field) {
    return !named.contains(field);
  });
  if (is_any_new || is_any_missing || stretch.next.is_done) {
    SENTINEL_ASSIGN(const auto now, describe());
    if (now.collection.fields != content_->collection.fields)
      return {Code::kSchemaChanged,
              fmt::format("the fields of the collection \"{}\" have changed", now.collection.slug)};
  }
  note_fields(named, stretch.items.size());
  return {};
}

void WebflowSource::note_fields(const std::map<std::string, std::size_t>& named, std::size_t items) {
  if (items >= kItemsThatTell) usual_.clear();
  for (const auto& [field, count] : named) {
    if (!describes(content_->collection, field)) undescribed_.insert(field);
    if (items >= kItemsThatTell && count == items) usual_.insert(field);
  }
}

Result<Page> WebflowSource::fetch(std::span<const std::string> keys, Rejects& rejects) {
  SENTINEL_ASSIGN(const auto* now, content());
  ItemBatch batch(now->collection, now->schema, options_, names_, rejects);
  bool is_any_gone = false;
  for (const auto& key : keys) {
    SENTINEL_ASSIGN(const bool is_there, fetch_one(key, batch));
    is_any_gone = is_any_gone || !is_there;
  }
  // Where the whole collection was deleted, that is an error and not deleted items.
  if (is_any_gone) {
    if (const auto there = describe(); !there) return there.error();
  }
  return Page{batch.finish(), Cursor(), true};
}

Result<bool> WebflowSource::fetch_one(const std::string& key, ItemBatch& batch) {
  std::string id = key;
  support::http::Query query;
  if (!options_.locales.empty()) {
    const auto parts = support::parse_json_array(key);
    if (!parts || parts->size() != 2) return false;  // not a key of this source: no item has it
    id = parts->at(0).text;
    query.emplace_back("cmsLocaleId", parts->at(1).text);
  }
  const auto reply =
      api_.get(fmt::format("/collections/{}/items/{}{}", support::http::percent_encoded(collection_id_),
                           support::http::percent_encoded(id), options_.items == Items::kLive ? "/live" : ""),
               "id", query);
  if (!reply && (reply.error().native_code() == "404" || reply.error().native_code() == "400")) return false;
  if (!reply) return reply.error();
  SENTINEL_ASSIGN(const auto item, Object::parse(reply->body));
  SENTINEL_TRY(batch.take(item, reply->body));
  return true;
}

Result<Page> WebflowSource::keys(const Cursor& from, const Limits& limits,
                                 const std::function<void(std::string_view)>& found) {
  SENTINEL_TRY(find_ids());
  SENTINEL_ASSIGN(auto pass, parse_pass_cursor(from));
  SENTINEL_ASSIGN(const auto stretch, key_walk_->next(pass, limits.max_rows, limits.max_bytes));
  for (const auto& item : stretch.items) found(key_of(item.object, options_));
  return Page{Batch(), stretch.next.to_cursor(), stretch.next.is_done};
}

Status WebflowSource::discover(const std::function<void(const FoundField&)>& found) {
  SENTINEL_ASSIGN(const auto site, find_site(api_, options_.site));
  SENTINEL_ASSIGN(const auto collections, list_collections(api_, site));
  for (const auto& listed : collections) SENTINEL_TRY(discover_in(listed, found));
  return {};
}

Status WebflowSource::discover_in(const Listed& listed, const std::function<void(const FoundField&)>& found) {
  SENTINEL_ASSIGN(const auto collection, describe_collection(api_, listed.id));
  SENTINEL_ASSIGN(const auto reply,
                  api_.get(fmt::format("/collections/{}/items", support::http::percent_encoded(listed.id)), "items",
                           {{"limit", "1"}}));
  SENTINEL_ASSIGN(const auto answer, Object::parse(reply.body));
  SENTINEL_ASSIGN(const auto items, objects_of(answer, "items"));
  const auto* data = items.empty() ? nullptr : items[0].find("fieldData");
  auto sample = data == nullptr ? Result<Object>(Object()) : Object::parse(data->raw);
  SENTINEL_ASSIGN(const auto schema, schema_of(collection, {}));
  for (std::size_t i = 0; i < kFirstField; ++i) found({listed.slug, schema[i].name, schema[i].type_text(), ""});
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    const auto& shape = schema[kFirstField + i];
    const auto* value = sample ? sample->find(collection.fields[i].slug) : nullptr;
    const auto shown = value == nullptr ? "" : value->text.empty() ? std::string(value->raw) : value->text;
    found({listed.slug, shape.name, shape.type_text(), shown});
  }
  return {};
}

}  // namespace sentinel::webflow_source
