// Reads the items of one collection of a Webflow site, over the Data API v2.
#pragma once

#include "webflow_source/api.hpp"
#include "webflow_source/collection.hpp"
#include "webflow_source/item_batch.hpp"
#include "webflow_source/item_walk.hpp"
#include "webflow_source/names.hpp"
#include "webflow_source/options.hpp"

#include <sentinel/plugin.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace sentinel::webflow_source {

class WebflowSource final : public Source {
 public:
  static constexpr auto options = sentinel::options<Options>(
      option("token", &Options::token, "A site token with the scopes sites:read and CMS:read.").required().secret(),
      option("site", &Options::site,
             "The site, by id, short name or display name; not needed where the token sees one site only.")
          .identity(),
      option("content", &Options::content, "The collection to read, by slug, id or name.").required().identity(),
      option("items", &Options::items,
             "staged reads every item as it stands in the designer, drafts and archived ones too; live reads what is "
             "published.")
          .choices("staged", "live")
          .identity(),
      option("statuses", &Options::statuses,
             "Statuses that pass: published, changed (published, with edits that are not), queued, draft, archived; "
             "items of any other are read and counted as filtered."),
      option("on_leave", &Options::on_leave,
             "What becomes of the row of an item that landed before and has another status now: keep, mark (its column "
             "left_at takes the time) or delete.")
          .choices("keep", "mark", "delete"),
      option("locales", &Options::locales,
             "Locales to read, by tag, id or name; the locale is then a part of the key. Left out: the primary one.")
          .identity(),
      option("resolve", &Options::resolve, "Slugs of option and reference fields to read as names in place of ids."),
      option("incremental", &Options::incremental,
             "full reads every item in every run; modified only those that changed since.")
          .choices("full", "modified"),
      option("overlap", &Options::overlap,
             "How far a window of modified reaches back into the one before, for items that appeared late.")
          .min(1000)
          .advanced(),
      option("requests_per_minute", &Options::requests_per_minute,
             "The most requests in a minute: 60 on Starter and Basic plans, 120 on CMS and above. A smaller limit that "
             "the service names is kept too.")
          .min(1)
          .max(100000),
      option("url", &Options::url, "Where the API answers.").identity().advanced());

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
  // The collection as it was when the schema was asked for.
  Result<Content*> content();
  Result<Content> describe();
  Status find_ids();
  // Ok, unless the collection has other fields now than when the schema was asked for. Errors: kSchemaChanged.
  Status check_unchanged(const Stretch& stretch);
  std::string key_of(const Item& item) const;
  // False where there is no such item.
  Result<bool> fetch_one(const std::string& key, ItemBatch& batch);
  Status discover_in(const Listed& listed, const std::function<void(const FoundField&)>& found);

  Options options_, key_options_;  // keys know no windows; the locales become ids once the site is known
  Host& host_;
  Api api_;
  Names names_;
  std::string site_id_, collection_id_;
  std::optional<Content> content_;
  std::set<std::string> undescribed_;  // fields of items that the collection does not know, though it was asked again
  std::optional<ItemWalk> walk_, key_walk_;
};

}  // namespace sentinel::webflow_source
