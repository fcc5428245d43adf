// Queries posts and their meta from one snapshot of the database, and pivots the meta into columns.
#include "wordpress_source/posts.hpp"

#include "database/statement.hpp"
#include "support/dialect/dialect.hpp"

#include <sentinel/civil_time.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace sentinel::wordpress_source {
namespace {

using support::KeyValue;

// An IN list always has this many placeholders, so that one prepared statement suffices; below the size at which
// MariaDB turns a list into a temporary table.
constexpr std::size_t kIdsAtOnce = 500;
// How many ids of any kind the range may hold for each requested post.
constexpr std::int64_t kDense = 4;

std::string marks(std::size_t count) {
  std::string text = "?";
  for (std::size_t i = 1; i < count; ++i) text += ",?";
  return text;
}

std::int64_t to_id(std::optional<std::string_view> text) {
  std::int64_t id = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), id);
  return id;
}

void bind(database::Statement& statement, std::size_t i, const KeyValue& value) {
  if (value.kind == KeyValue::Kind::kInteger)
    statement.bind_int64(i, to_id(value.text));
  else
    statement.bind_text(i, value.text);
}

// Runs `body` so that all its statements see the same state of the site. A failure inside closes the connection, which
// ends the transaction.
template <class Body>
Result<PostPage> in_snapshot(const Site& site, support::SourceLink& link, Body&& body) {
  SENTINEL_ASSIGN(auto* connection, link.get());
  for (const auto statement : site.dialect->begin_snapshot) {
    if (statement.empty()) continue;
    SENTINEL_ASSIGN([[maybe_unused]] const auto begun, connection->execute(statement));
  }
  SENTINEL_ASSIGN(auto page, body());
  SENTINEL_ASSIGN([[maybe_unused]] const auto ended, connection->execute("COMMIT"));
  return page;
}

// Seconds since 1970 as WooCommerce writes them, as a timestamp; any other text as it is.
std::string printed_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max() / kMicrosPerSecond;
  const bool is_time = is_number && seconds >= 0 && seconds <= kMost;
  if (!is_time || !is_calendar_timestamp(seconds * kMicrosPerSecond)) return std::string(text);
  return timestamp_text(seconds * kMicrosPerSecond);
}

// Posts without a usable time belong to every window: drafts that were never dated have 0000-00-00.
std::string window_condition(database::Dialect id, const std::string& modified) {
  const auto& dialect = support::source_dialect(id);
  const auto time = dialect.window_time(modified);
  return fmt::format(" AND (({0} > ? AND {0} <= ?) OR {0} IS NULL{1})", time, dialect.or_timeless(time));
}

}  // namespace

Posts::Posts(Site site, const Options& options, std::vector<std::string> meta_keys)
    : site_(std::move(site)), layout_(layout_of(options)), repeated_meta_(options.repeated_meta) {
  for (const auto& column : layout_.columns) {
    selected_ += (selected_.empty() ? "" : ", ") + std::string(column.sql);
    schema_.add(column.field);
  }
  schema_.set_departures(options.on_departure == Departure::kMark, options.on_departure == Departure::kDelete);
  first_meta_ = schema_.size();
  for (auto& key : meta_keys) {
    auto field = utf8("meta." + key);
    layout_.meta.push_back({std::move(key), std::move(field)});
  }
  for (std::size_t i = 0; i < layout_.meta.size(); ++i) {
    schema_.add(layout_.meta[i].field);
    key_at_.emplace(layout_.meta[i].key, i);
  }
}

Result<PostPage> Posts::page(support::SourceLink& link, const support::WalkCursor& walk, std::int64_t limit) const {
  // One record more than the page holds shows whether there are more.
  Wanted wanted{"", {}, limit + 1, !walk.by.empty() && !walk.from.empty()};
  if (!walk.after.empty()) {
    wanted.where += fmt::format(" AND r.{} > ?", layout_.id);
    wanted.parameters.push_back(walk.after[0]);
  }
  if (wanted.is_windowed) {
    wanted.where += window_condition(site_.dialect->dialect, fmt::format("r.{}", layout_.modified));
    wanted.parameters.push_back({KeyValue::Kind::kText, walk.from});
    wanted.parameters.push_back({KeyValue::Kind::kText, walk.until});
  }
  return in_snapshot(site_, link, [&]() -> Result<PostPage> {
    PostPage page;
    SENTINEL_ASSIGN(page.posts, select(link, wanted));
    page.has_more = std::ssize(page.posts) > limit;
    if (page.has_more) page.posts.pop_back();
    SENTINEL_TRY(add_meta(link, page.posts));
    return page;
  });
}

Result<PostPage> Posts::with_ids(support::SourceLink& link, std::span<const std::int64_t> ids) const {
  return in_snapshot(site_, link, [&]() -> Result<PostPage> {
    PostPage page;
    for (std::size_t begin = 0; begin < ids.size(); begin += kIdsAtOnce) {
      Wanted wanted{fmt::format(" AND r.{} IN ({})", layout_.id, marks(kIdsAtOnce)), {}, kIdsAtOnce};
      for (std::size_t i = 0; i < kIdsAtOnce; ++i)
        wanted.parameters.push_back(
            {KeyValue::Kind::kInteger, std::to_string(ids[std::min(begin + i, ids.size() - 1)])});
      SENTINEL_ASSIGN(auto some, select(link, wanted));
      std::move(some.begin(), some.end(), std::back_inserter(page.posts));
    }
    std::sort(page.posts.begin(), page.posts.end(), [](const Post& a, const Post& b) { return a.id < b.id; });
    SENTINEL_TRY(add_meta(link, page.posts));
    return page;
  });
}

Result<std::vector<std::int64_t>> Posts::ids(support::SourceLink& link, std::int64_t after, std::int64_t limit) const {
  const Wanted wanted{
      fmt::format(" AND r.{} > ?", layout_.id), {{KeyValue::Kind::kInteger, std::to_string(after)}}, limit};
  SENTINEL_ASSIGN(auto* statement, select_columns(link, fmt::format("r.{}", layout_.id), wanted));
  std::vector<std::int64_t> ids;
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, statement->step());
    if (!has_row) return ids;
    ids.push_back(to_id(statement->text(0)));
  }
}

// Walking the primary key costs one range per page; the index on (post_type, …) that the planner may prefer costs one
// sort of the whole type per page. Only where the modified time has an index may a window be the better range.
std::string Posts::from_types(bool is_windowed) const {
  const bool is_free = is_windowed && layout_.has_modified_index;
  auto sql = fmt::format("FROM {} r{}", site_.records, is_free ? "" : site_.dialect->walk_hint);
  for (std::size_t i = 0; i < site_.joined.size(); ++i)
    sql += fmt::format(" LEFT JOIN {} {} ON {}", site_.joined[i], layout_.joined[i].alias, layout_.joined[i].condition);
  return sql +
         fmt::format(" WHERE {}r.{} IN ({})", site_.dialect->type_sign, layout_.type, marks(layout_.types.size()));
}

std::size_t Posts::bind_types(database::Statement& statement) const {
  for (std::size_t i = 0; i < layout_.types.size(); ++i) statement.bind_text(i, layout_.types[i]);
  return layout_.types.size();
}

Result<std::int64_t> Posts::count(support::SourceLink& link) const {
  SENTINEL_ASSIGN(auto* connection, link.get());
  SENTINEL_ASSIGN(
      auto statement,
      database::Statement::prepare(*connection, fmt::format("SELECT COUNT(*) FROM {} r WHERE r.{} IN ({})",
                                                            site_.records, layout_.type, marks(layout_.types.size()))));
  bind_types(statement);
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, statement.execute());
  SENTINEL_ASSIGN(const bool has_row, statement.step());
  const auto records = has_row ? Cursor(std::string(statement.text(0).value_or(""))).as_int64() : std::nullopt;
  if (!records) return internal_error("the database did not return the number of records");
  return *records;
}

Result<database::Statement*> Posts::select_columns(support::SourceLink& link, const std::string& columns,
                                                   const Wanted& wanted) const {
  SENTINEL_ASSIGN(auto* statement,
                  link.statement(fmt::format("SELECT {} {}{} ORDER BY r.{} LIMIT ?", columns,
                                             from_types(wanted.is_windowed), wanted.where, layout_.id)));
  std::size_t next = bind_types(*statement);
  for (const auto& parameter : wanted.parameters) bind(*statement, next++, parameter);
  statement->bind_int64(next, wanted.limit);
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, statement->execute());
  return statement;
}

Result<std::vector<Post>> Posts::select(support::SourceLink& link, const Wanted& wanted) const {
  SENTINEL_ASSIGN(auto* statement, select_columns(link, selected_, wanted));
  std::vector<Post> posts;
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, statement->step());
    if (!has_row) return posts;
    auto& post = posts.emplace_back();
    post.id = to_id(statement->text(0));
    post.values.resize(schema_.size());
    for (std::size_t i = 0; i < first_meta_; ++i)
      if (const auto text = statement->text(i)) post.values[i].emplace(*text);
  }
}

Status Posts::add_meta(support::SourceLink& link, std::vector<Post>& posts) const {
  if (layout_.meta.empty()) return {};
  for (std::size_t begin = 0; begin < posts.size(); begin += kIdsAtOnce)
    SENTINEL_TRY(add_meta_of(link, std::span(posts).subspan(begin, std::min(kIdsAtOnce, posts.size() - begin))));
  return {};
}

Result<database::Statement*> Posts::select_meta(support::SourceLink& link, std::span<const Post> posts) const {
  const auto first = posts.front().id, last = posts.back().id;
  // A range of ids is several times faster than a list of them, unless it is full of other posts.
  const bool is_dense = last - first < kDense * std::ssize(posts);
  const auto which = is_dense ? std::string("BETWEEN ? AND ?") : fmt::format("IN ({})", marks(kIdsAtOnce));
  const auto ids = is_dense ? std::size_t{2} : kIdsAtOnce;
  SENTINEL_ASSIGN(
      auto* statement,
      link.statement(fmt::format("SELECT {0}, meta_key, meta_value FROM {1} WHERE {0} {2} AND "
                                 "meta_key IN ({3}) ORDER BY {0}, {4}",
                                 layout_.meta_owner, site_.meta, which, marks(layout_.meta.size()), layout_.meta_id)));
  if (is_dense) {
    statement->bind_int64(0, first);
    statement->bind_int64(1, last);
  } else {
    for (std::size_t i = 0; i < ids; ++i) statement->bind_int64(i, posts[std::min(i, posts.size() - 1)].id);
  }
  for (std::size_t i = 0; i < layout_.meta.size(); ++i) statement->bind_text(ids + i, layout_.meta[i].key);
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, statement->execute());
  return statement;
}

Status Posts::add_meta_of(support::SourceLink& link, std::span<Post> posts) const {
  SENTINEL_ASSIGN(auto* statement, select_meta(link, posts));
  std::vector<char> seen;
  std::size_t at = 0;
  std::int64_t seen_of = -1;
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, statement->step());
    if (!has_row) return {};
    // The collation also matches keys that differ in case or accents only: those are different keys.
    const auto key = key_at_.find(statement->text(1).value_or(""));
    if (key == key_at_.end()) continue;
    const auto id = to_id(statement->text(0));
    while (at < posts.size() && posts[at].id < id) ++at;
    if (at == posts.size() || posts[at].id != id) continue;
    if (seen_of != id) seen.assign(layout_.meta.size(), 0);
    seen_of = id;
    take_meta(posts[at], seen, key->second, statement->text(2));
  }
}

void Posts::take_meta(Post& post, std::vector<char>& seen, std::size_t key,
                      std::optional<std::string_view> text) const {
  const auto& meta = layout_.meta[key];
  auto& kept = post.values[first_meta_ + key];
  std::optional<std::string> value;
  // Empty text is text, but not a number and not a time.
  if (text && (!text->empty() || meta.field.type == Type::kUtf8))
    value = meta.is_unix_seconds ? printed_seconds(*text) : std::string(*text);
  if (seen[key] != 0) {
    if (repeated_meta_ == RepeatedMeta::kFirst) return;
    if (repeated_meta_ == RepeatedMeta::kReject && kept != value) post.repeated = meta.key;
    if (repeated_meta_ == RepeatedMeta::kReject) return;
  }
  seen[key] = 1;
  kept = std::move(value);
}

}  // namespace sentinel::wordpress_source
