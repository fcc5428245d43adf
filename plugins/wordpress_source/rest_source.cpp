// The calls of the source in REST mode: reads pages of posts, and the reading window of an incremental pass.
#include "wordpress_source/rest_source.hpp"

#include "wordpress_source/post_batch.hpp"
#include "wordpress_source/rest_post.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace sentinel::wordpress_source {
namespace {

// An answer is held in memory as a whole; texts may be large.
constexpr std::int64_t kPostsWithContent = 20;

std::int64_t most_at_once(const Options& options, std::int64_t wanted) {
  return std::min(wanted, options.include_content ? kPostsWithContent : RestWalk::kMostAtOnce);
}

std::vector<std::int64_t> ids_of(std::span<const std::string> keys) {
  std::vector<std::int64_t> ids;
  for (const auto& key : keys)
    if (const auto id = Cursor(key).as_int64(); id && *id > 0) ids.push_back(*id);
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// The same fields as in database mode, so that a pipeline does not depend on where its posts come from.
Schema schema_of(const Options& options, const std::vector<RestMeta>& meta) {
  std::vector<std::string> keys;
  for (const auto& each : meta) keys.push_back(each.key);
  return Posts(Site(), options, std::move(keys)).schema();
}

Status check_user(const Options& options) {
  if (options.user.empty())
    return invalid_config(
               "name the user to read as; without one the site shows neither drafts nor values as they were "
               "written")
        .at_option("user");
  if (options.user.find(':') != std::string::npos)
    return invalid_config("a user name must not hold a colon").at_option("user");
  if (options.application_password.empty())
    return invalid_config("give an application password, created under Users, Profile, Application Passwords")
        .at_option("application_password");
  return {};
}

}  // namespace

Result<std::unique_ptr<RestSource>> RestSource::open(Options options, Host& host) {
  auto base = support::http::parse_address(options.base_url);
  if (!base) return std::move(base).error().at_option("base_url");
  SENTINEL_TRY(check_user(options));
  if (options.preset)
    return invalid_config("a preset reads tables that REST does not show as posts; use the database (connection)")
        .at_option("preset");
  if (options.prefix != Options().prefix)
    return invalid_config("a table prefix is for a database (connection); remove it").at_option("prefix");
  if (options.repeated_meta == RepeatedMeta::kLast)
    return invalid_config(
               "REST shows the first value of a repeated meta key; last is for a database "
               "(connection)")
        .at_option("repeated_meta");
  return std::make_unique<RestSource>(std::move(options), std::move(*base), host);
}

RestSource::RestSource(Options options, support::http::Address base, Host& host)
    : options_(std::move(options)),
      host_(host),
      api_(std::move(base), options_.user, options_.application_password, host) {}

Result<RestSource::Content> RestSource::describe() {
  SENTINEL_ASSIGN(auto type, find_type(api_, options_.content));
  SENTINEL_ASSIGN(auto meta, choose_meta(type, options_));
  auto schema = schema_of(options_, meta);
  RestWalk walk(api_, type, options_.incremental, options_.overlap, rest_fields(options_));
  RestWalk key_walk(api_, type, Incremental::kFull, options_.overlap, "id");
  return Content{std::move(type), std::move(meta), std::move(schema), std::move(walk), std::move(key_walk)};
}

Result<RestSource::Content*> RestSource::content() {
  if (!content_) {
    SENTINEL_ASSIGN(auto now, describe());
    content_.emplace(std::move(now));
  }
  return &*content_;
}

Result<Schema> RestSource::schema() {
  content_.reset();
  SENTINEL_ASSIGN(auto* now, content());
  SENTINEL_TRY(warn_if_empty(*now));
  return now->schema;
}

Status RestSource::warn_if_empty(Content& now) const {
  SENTINEL_ASSIGN(const auto posts, now.walk.count());
  if (posts == 0) host_.log(LogLevel::kWarning, "the site has no post of this type", {{"content", options_.content}});
  return {};
}

Status RestSource::add_posts(const RestStretch& stretch, std::vector<Post>& posts) const {
  for (const auto& item : stretch.items) {
    SENTINEL_ASSIGN(auto post, read_rest_post(item, content_->schema, content_->meta));
    posts.push_back(std::move(post));
  }
  return {};
}

// Nothing is reported before all were read, since a page that is read again reports again.
Page RestSource::page_of(const std::vector<Post>& posts, const RestCursor& next, Rejects& rejects) const {
  PostBatch batch(content_->schema, options_, rejects);
  for (const auto& post : posts) batch.take(post);
  return Page{batch.finish(), next.to_cursor(), next.is_done};
}

Result<Page> RestSource::read(const Cursor& from, const Limits& limits, Rejects& rejects) {
  SENTINEL_ASSIGN(const auto pass, parse_rest_cursor(from));
  SENTINEL_ASSIGN(auto* now, content());
  SENTINEL_ASSIGN(const auto stretch, now->walk.next(pass, most_at_once(options_, limits.max_rows), limits.max_bytes));
  std::vector<Post> posts;
  SENTINEL_TRY(add_posts(stretch, posts));
  return page_of(posts, stretch.next, rejects);
}

Result<Page> RestSource::fetch(std::span<const std::string> keys, Rejects& rejects) {
  SENTINEL_ASSIGN(auto* now, content());
  const auto ids = ids_of(keys);
  const auto size = most_at_once(options_, RestWalk::kMostAtOnce);
  std::vector<Post> posts;
  for (auto begin = ids.begin(); begin != ids.end();) {
    const auto end = begin + std::min<std::ptrdiff_t>(size, ids.end() - begin);
    SENTINEL_ASSIGN(const auto some, now->walk.with_ids(fmt::format("{}", fmt::join(begin, end, ","))));
    SENTINEL_TRY(add_posts(some, posts));
    begin = end;
  }
  RestCursor end;
  end.is_done = true;
  return page_of(posts, end, rejects);
}

Result<Page> RestSource::keys(const Cursor& from, const Limits& limits,
                              const std::function<void(std::string_view)>& found) {
  SENTINEL_ASSIGN(const auto pass, parse_rest_cursor(from));
  SENTINEL_ASSIGN(auto* now, content());
  SENTINEL_ASSIGN(const auto stretch, now->key_walk.next(pass, limits.max_rows, limits.max_bytes));
  for (const auto& item : stretch.items) found(std::to_string(item.integer("id").value_or(0)));
  return Page{Batch(), stretch.next.to_cursor(), stretch.next.is_done};
}

Status RestSource::check() {
  const auto checked = schema();
  return checked ? Status() : checked.error();
}

Result<std::int64_t> RestSource::count() {
  SENTINEL_ASSIGN(auto* now, content());
  return now->walk.count();
}

Status RestSource::discover(const std::function<void(const FoundField&)>& found) {
  SENTINEL_ASSIGN(const auto types, list_types(api_));
  for (const auto& listed : types) {
    SENTINEL_ASSIGN(const auto type, describe_type(api_, listed));
    if (type.has_posts) SENTINEL_TRY(discover_in(type, found));
  }
  return {};
}

Status RestSource::discover_in(const RestType& type, const std::function<void(const FoundField&)>& found) {
  const auto schema = schema_of(options_, type.meta);
  RestWalk walk(api_, type, Incremental::kFull, options_.overlap, rest_fields(options_));
  SENTINEL_ASSIGN(const auto stretch, walk.next({}, 1, 1));
  std::vector<std::optional<std::string>> samples(schema.size());
  if (!stretch.items.empty()) {
    SENTINEL_ASSIGN(auto post, read_rest_post(stretch.items.front(), schema, type.meta));
    samples = std::move(post.values);
  }
  for (std::size_t i = 0; i < schema.size(); ++i)
    found({type.name, schema[i].name, schema[i].type_text(), samples[i].value_or("")});
  return {};
}

}  // namespace sentinel::wordpress_source
