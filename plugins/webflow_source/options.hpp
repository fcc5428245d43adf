// The options of the webflow source.
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
           "staged reads every item as it is in the designer, including drafts and archived items; live reads what is "
           "published.")
        .choices("staged", "live")
        .identity(),
    option("statuses", &Options::statuses,
           "Statuses that pass: published, changed (published, with unpublished edits), queued, draft, archived. Items "
           "with any other status are read and counted as filtered."),
    option("on_departure", &Options::on_departure,
           "What happens to the row of an item that landed before and now has another status: keep, mark (set its "
           "column left_at to the time) or delete.")
        .choices("keep", "mark", "delete")
        .formerly("on_leave"),
    option(
        "locales", &Options::locales,
        "Locales to read, by tag, id or name; the locale is then part of the key. By default only the primary locale.")
        .identity(),
    option("resolve", &Options::resolve, "Slugs of option and reference fields to read as names instead of ids."),
    option("incremental", &Options::incremental,
           "full reads every item in every run; modified reads only items that changed since the previous run.")
        .choices("full", "modified"),
    option("overlap", &Options::overlap,
           "How far a reading window of modified overlaps the previous one, for items that appeared late.")
        .min(1000)
        .advanced(),
    option("requests_per_minute", &Options::requests_per_minute,
           "The maximum number of requests per minute: 60 on Starter and Basic plans, 120 on CMS and above. A lower "
           "limit reported by the service is respected too.")
        .min(1)
        .max(100000),
    option("url", &Options::url, "The address of the API.").identity().advanced());

}  // namespace sentinel::webflow_source
