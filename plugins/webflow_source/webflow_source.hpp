// Reads the items of one collection of a Webflow site, over the Data API v2.
#pragma once

#include "webflow_source/api.hpp"
#include "webflow_source/collection.hpp"
#include "webflow_source/item_batch.hpp"
#include "webflow_source/item_walk.hpp"
#include "webflow_source/names.hpp"
#include "webflow_source/options.hpp"

#include <sentinel/plugin.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace sentinel::webflow_source {

class WebflowSource final : public Source {
 public:
  static constexpr auto options = kOptions;

  static Result<std::unique_ptr<WebflowSource>> open(Options options, Host& host);
  // REQUIRES: options that open() accepts.
  WebflowSource(Options options, support::http::Address address, Host& host);

  Result<Schema> schema() override;
  Result<Page> read(const Cursor& from, const Limits& limits, Rejects& rejects) override;
  Status check() override;
  Status discover(const std::function<void(const FoundField&)>& found) override;
  Result<std::int64_t> count() override;
  Result<Page> fetch(std::span<const std::string> keys, Rejects& rejects) override;
  Result<Page> keys(const Cursor& from, const Limits& limits,
                    const std::function<void(std::string_view)>& found) override;
  void cancel() override { api_.cancel(); }

 private:
  struct Content {
    Collection collection;
    Schema schema;
  };
  // The collection as it was when the schema was read.
  Result<Content*> content();
  Result<Content> describe();
  Status find_ids();
  // Ok, unless the fields of the collection have changed since the schema was read. Errors: kSchemaChanged.
  Status check_unchanged(const Stretch& stretch);
  void note_fields(const std::map<std::string, std::size_t>& named, std::size_t items);
  // False if there is no such item.
  Result<bool> fetch_one(const std::string& key, ItemBatch& batch);
  Status discover_in(const Listed& listed, const std::function<void(const FoundField&)>& found);

  Options options_, key_options_;  // keys() ignores windows; the locales become ids once the site is known
  Host& host_;
  Api api_;
  Names names_;
  std::string site_id_, collection_id_;
  std::optional<Content> content_;
  std::set<std::string>
      undescribed_;              // fields of items that the collection does not describe, even after it was read again
  std::set<std::string> usual_;  // fields that every item of the last large page had
  std::optional<ItemWalk> walk_, key_walk_;
};

}  // namespace sentinel::webflow_source
