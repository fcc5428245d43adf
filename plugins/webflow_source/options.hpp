// What a pipeline file may say about a Webflow source.
#pragma once

#include <sentinel/component.hpp>
#include <sentinel/option.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace sentinel::webflow_source {

enum class Items { kStaged, kLive };
enum class Incremental { kFull, kModified };

struct Options {
  std::string token;
  std::string site;
  std::string content;
  Items items = Items::kStaged;
  std::vector<std::string> locales;
  std::vector<std::string> resolve;
  std::vector<std::string> statuses = {"published", "changed"};
  Departure on_departure = Departure::kKeep;
  Incremental incremental = Incremental::kFull;
  std::chrono::milliseconds overlap{600000};
  std::int64_t requests_per_minute = 60;
  std::string url = "https://api.webflow.com";
};
inline constexpr auto kOptions = options<Options>(
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
    option("on_departure", &Options::on_departure,
           "What becomes of the row of an item that landed before and has another status now: keep, mark (its column "
           "left_at takes the time) or delete.")
        .choices("keep", "mark", "delete")
        .formerly("on_leave"),
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

}  // namespace sentinel::webflow_source
