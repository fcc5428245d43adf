// The calls of the source in database mode: reads pages of posts, and the reading window of an incremental pass.
#include "wordpress_source/wordpress_source.hpp"

#include "database/statement.hpp"
#include "wordpress_source/post_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace sentinel::wordpress_source {
namespace {

constexpr std::size_t kTypesShown = 20;
// The result of a page is held in memory before it is truncated at max_bytes; texts may be large.
constexpr std::int64_t kRowsWithContent = 200;

bool is_prefix(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Sorts the chosen keys and removes duplicates, so that the schema does not depend on how they were written.
std::vector<std::string> sorted(std::vector<std::string> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

void show(const Schema& schema, const std::string& entity, const std::function<void(const FoundField&)>& found) {
  for (const auto& field : schema) found({entity, field.name, field.type_text(), ""});
}

}  // namespace

Status WordpressSource::check_options(const Options& options) {
  if (!is_prefix(options.prefix))
    return invalid_config("a table prefix is made of letters, digits and underscores").at_option("prefix");
  if (options.content.empty()) return invalid_config("name the post type to read").at_option("content");
  if (options.statuses && options.statuses->empty())
    return invalid_config("name at least one status that passes").at_option("statuses");
  for (std::size_t i = 0; options.meta && i < options.meta->size(); ++i)
    if ((*options.meta)[i].empty())
      return invalid_config("a meta key has no name").at_option(fmt::format("meta.{}", i));
  return check_preset(options);
}

Result<std::unique_ptr<WordpressSource>> WordpressSource::open(Options options, Host& host) {
  SENTINEL_TRY(check_options(options));
  return std::make_unique<WordpressSource>(std::move(options), host);
}

WordpressSource::WordpressSource(Options options, Host& host, support::ServerClock clock)
    : options_(std::move(options)),
      host_(host),
      clock_(std::move(clock)),
      link_(options_.connection, "sentinel wordpress source") {}

Result<database::Connection*> WordpressSource::ready() {
  SENTINEL_ASSIGN(auto* connection, link_.get());
  if (!posts_) {
    SENTINEL_ASSIGN(auto posts, find_posts(*connection));
    posts_.emplace(std::move(posts));
  }
  return connection;
}

Result<Posts> WordpressSource::find_posts(database::Connection& connection) {
  SENTINEL_ASSIGN(auto site, find_site(connection, options_));
  if (options_.preset && !options_.meta) return Posts(std::move(site), options_, {});
  if (options_.meta) return Posts(std::move(site), options_, sorted(*options_.meta));
  SENTINEL_ASSIGN(auto keys, find_meta_keys(connection, site, options_.content));
  return Posts(std::move(site), options_, std::move(keys));
}

Result<Schema> WordpressSource::schema() {
  return link_.guarded<Schema>([&]() -> Result<Schema> {
    posts_.reset();
    SENTINEL_ASSIGN(auto* connection, ready());
    if (!posts_->site().has_snapshots)
      host_.log(LogLevel::kWarning,
                "the site's tables have no transactions: a post that changes while it is read may have stale meta",
                {{"database", link_.display()}});
    SENTINEL_TRY(warn_if_empty(*connection, posts_->site()));
    return posts_->schema();
  });
}

Status WordpressSource::warn_if_empty(database::Connection& connection, const Site& site) {
  SENTINEL_ASSIGN(const auto posts, posts_->count(link_));
  if (posts > 0) return {};
  if (options_.preset) {
    host_.log(LogLevel::kWarning, "the site has no record of this preset", {{"preset", name_of(*options_.preset)}});
    return {};
  }
  SENTINEL_ASSIGN(auto types, find_types(connection, site));
  if (types.size() > kTypesShown) types.resize(kTypesShown);
  std::string present;
  for (const auto& [type, number] : types)
    present += fmt::format("{}{} ({})", present.empty() ? "" : ", ", type, number);
  host_.log(LogLevel::kWarning, "the site has no post of this type",
            {{"content", options_.content}, {"post_types", present}});
  return {};
}

Result<Page> WordpressSource::read(const Cursor& from, const Limits& limits, Rejects& rejects) {
  return link_.guarded<Page>([&] { return read_page(from, limits, rejects); });
}

Result<Page> WordpressSource::read_page(const Cursor& from, const Limits& limits, Rejects& rejects) {
  SENTINEL_ASSIGN(auto* connection, ready());
  const support::Windows windows{options_.incremental == Incremental::kModified ? posts_->modified() : "",
                                 options_.overlap};
  SENTINEL_ASSIGN(auto walk, support::continue_walk(from, 1, windows, [&] { return clock_(*connection); }));
  const auto limit = options_.include_content ? std::min(limits.max_rows, kRowsWithContent) : limits.max_rows;
  SENTINEL_ASSIGN(const auto page, posts_->page(link_, walk, limit));
  PostBatch batch(posts_->schema(), options_, rejects);
  std::size_t taken = 0;
  while (taken < page.posts.size() && (taken == 0 || batch.bytes() < limits.max_bytes)) batch.take(page.posts[taken++]);
  const bool is_done = !page.has_more && taken == page.posts.size();
  if (is_done)
    walk = {{}, walk.by, "", walk.until, true};
  else
    walk.after = {{support::KeyValue::Kind::kInteger, page.posts[taken - 1].values[0].value_or("")}};
  return Page{batch.finish(), walk.to_cursor(), is_done};
}

Result<Page> WordpressSource::fetch(std::span<const std::string> keys, Rejects& rejects) {
  std::vector<std::int64_t> ids;
  for (const auto& key : keys)
    if (const auto id = Cursor(key).as_int64()) ids.push_back(*id);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return link_.guarded<Page>([&]() -> Result<Page> {
    SENTINEL_ASSIGN([[maybe_unused]] auto* connection, ready());
    SENTINEL_ASSIGN(const auto page, posts_->with_ids(link_, ids));
    PostBatch batch(posts_->schema(), options_, rejects);
    for (const auto& post : page.posts) batch.take(post);
    return Page{batch.finish(), Cursor(), true};
  });
}

Result<Page> WordpressSource::keys(const Cursor& from, const Limits& limits,
                                   const std::function<void(std::string_view)>& found) {
  return link_.guarded<Page>([&]() -> Result<Page> {
    SENTINEL_ASSIGN([[maybe_unused]] auto* connection, ready());
    const auto after = from.as_int64().value_or(0);
    SENTINEL_ASSIGN(const auto ids, posts_->ids(link_, after, limits.max_rows));
    for (const auto id : ids) found(std::to_string(id));
    return Page{{}, Cursor(ids.empty() ? after : ids.back()), std::ssize(ids) < limits.max_rows};
  });
}

Status WordpressSource::check() {
  const auto checked = schema();
  return checked ? Status() : checked.error();
}

Result<std::int64_t> WordpressSource::count() {
  return link_.guarded<std::int64_t>([&]() -> Result<std::int64_t> {
    SENTINEL_ASSIGN([[maybe_unused]] auto* connection, ready());
    return posts_->count(link_);
  });
}

// Refunds are listed with the orders: they are read together.
Status WordpressSource::discover_preset(database::Connection& connection, const Site& site,
                                        const std::function<void(const FoundField&)>& found) {
  const auto layout = layout_of(options_);
  const auto& entity = layout.types.front();
  show(Posts(site, options_, {}).schema(), entity, found);
  std::set<std::string> shown;
  for (const auto& own : layout.meta) shown.insert(own.key);
  SENTINEL_ASSIGN(const auto metas, find_all_meta(connection, site, options_));
  for (const auto& meta : metas)
    if (std::ranges::find(layout.types, meta.type) != layout.types.end() && shown.insert(meta.key).second)
      found({entity, "meta." + meta.key, "utf8", meta.sample});
  return {};
}

Status WordpressSource::discover(const std::function<void(const FoundField&)>& found) {
  const auto done = link_.guarded<bool>([&]() -> Result<bool> {
    SENTINEL_ASSIGN(auto* connection, link_.get());
    SENTINEL_ASSIGN(const auto site, find_site(*connection, options_));
    if (options_.preset) {
      SENTINEL_TRY(discover_preset(*connection, site, found));
      return true;
    }
    SENTINEL_ASSIGN(const auto types, find_types(*connection, site));
    SENTINEL_ASSIGN(const auto metas, find_all_meta(*connection, site, options_));
    const Posts plain(site, options_, {});
    for (const auto& [type, number] : types) {
      show(plain.schema(), type, found);
      for (const auto& meta : metas)
        if (meta.type == type) found({type, "meta." + meta.key, "utf8", meta.sample});
    }
    SENTINEL_ASSIGN(const auto presets, find_presets(*connection, options_.prefix));
    for (const auto preset : presets) {
      auto chosen = options_;
      chosen.preset = preset;
      const auto entity = fmt::format("{} (preset: {})", layout_of(chosen).types.front(), name_of(preset));
      show(Posts(site, chosen, {}).schema(), entity, found);
    }
    return true;
  });
  return done ? Status() : done.error();
}

}  // namespace sentinel::wordpress_source
