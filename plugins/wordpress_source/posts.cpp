// Posts with their meta: see the header.
#include "wordpress_source/posts.hpp"

#include "database/statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sentinel::wordpress_source {
namespace {

using database::Dialect;
using support::KeyValue;

// Always so many marks in an IN list, so that one prepared statement serves; below the size at which MariaDB turns a
// list into a temporary table.
constexpr std::size_t kIdsAtOnce = 500;
// How many ids of any kind may lie in the range for each post that is wanted.
constexpr std::int64_t kDense = 4;

struct PostColumn {
  const char* column;
  Field field;
};

std::vector<PostColumn> post_columns(bool include_content) {
  std::vector<PostColumn> columns{{"ID", int64("id").key()},
                                  {"post_status", utf8("status")},
                                  {"post_type", utf8("type")},
                                  {"post_title", utf8("title")},
                                  {"post_name", utf8("slug")},
                                  {"post_author", int64("author")},
                                  {"post_parent", int64("parent")},
                                  {"post_date_gmt", timestamp("created_gmt")},
                                  {"post_modified_gmt", timestamp("modified_gmt")}};
  if (include_content) columns.push_back({"post_content", utf8("content")});
  return columns;
}

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

// Runs `body` so that all its statements see the same state of the site. A failure inside costs the connection, which
// ends the transaction.
template <class Body>
Result<PostPage> in_snapshot(support::SourceLink& link, Body&& body) {
  SENTINEL_ASSIGN(auto* connection, link.get());
  if (connection->dialect() == Dialect::kMysql) {
    SENTINEL_ASSIGN([[maybe_unused]] const auto level,
                    connection->execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
    SENTINEL_ASSIGN([[maybe_unused]] const auto begun,
                    connection->execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"));
  } else {
    SENTINEL_ASSIGN([[maybe_unused]] const auto begun, connection->execute("BEGIN"));
  }
  SENTINEL_ASSIGN(auto page, body());
  SENTINEL_ASSIGN([[maybe_unused]] const auto ended, connection->execute("COMMIT"));
  return page;
}

// Posts without a usable time belong to every window: drafts that were never dated carry 0000-00-00.
std::string window_condition(Dialect dialect) {
  const std::string column = dialect == Dialect::kSqlite ? "datetime(post_modified_gmt)" : "post_modified_gmt";
  const auto timeless = dialect == Dialect::kSqlite ? "" : fmt::format(" OR {} < '1000-01-01'", column);
  return fmt::format(" AND (({0} > ? AND {0} <= ?) OR {0} IS NULL{1})", column, timeless);
}

}  // namespace

Posts::Posts(Site site, const Options& options, std::vector<std::string> meta_keys)
    : site_(std::move(site)),
      content_(options.content),
      repeated_meta_(options.repeated_meta),
      meta_keys_(std::move(meta_keys)) {
  for (auto& column : post_columns(options.include_content)) {
    selected_ += (selected_.empty() ? "" : ", ") + std::string(column.column);
    schema_.add(std::move(column.field));
  }
  schema_.set_leaves(options.on_leave == Leave::kMark, options.on_leave == Leave::kDelete);
  first_meta_ = schema_.size();
  for (std::size_t i = 0; i < meta_keys_.size(); ++i) {
    schema_.add(utf8("meta." + meta_keys_[i]));
    key_at_.emplace(meta_keys_[i], i);
  }
}

Result<PostPage> Posts::page(support::SourceLink& link, const support::WalkCursor& walk, std::int64_t limit) const {
  std::string where;
  std::vector<KeyValue> parameters;
  if (!walk.after.empty()) {
    where += " AND ID > ?";
    parameters.push_back(walk.after[0]);
  }
  if (!walk.by.empty() && !walk.from.empty()) {
    where += window_condition(site_.dialect);
    parameters.push_back({KeyValue::Kind::kText, walk.from});
    parameters.push_back({KeyValue::Kind::kText, walk.until});
  }
  return in_snapshot(link, [&]() -> Result<PostPage> {
    PostPage page;
    // One post more than the page holds tells whether anything is left.
    SENTINEL_ASSIGN(page.posts, select(link, where, parameters, limit + 1));
    page.has_more = std::ssize(page.posts) > limit;
    if (page.has_more) page.posts.pop_back();
    SENTINEL_TRY(add_meta(link, page.posts));
    return page;
  });
}

Result<PostPage> Posts::with_ids(support::SourceLink& link, std::span<const std::int64_t> ids) const {
  return in_snapshot(link, [&]() -> Result<PostPage> {
    PostPage page;
    for (std::size_t begin = 0; begin < ids.size(); begin += kIdsAtOnce) {
      std::vector<KeyValue> parameters;
      for (std::size_t i = 0; i < kIdsAtOnce; ++i)
        parameters.push_back({KeyValue::Kind::kInteger, std::to_string(ids[std::min(begin + i, ids.size() - 1)])});
      SENTINEL_ASSIGN(auto some,
                      select(link, fmt::format(" AND ID IN ({})", marks(kIdsAtOnce)), parameters, kIdsAtOnce));
      std::move(some.begin(), some.end(), std::back_inserter(page.posts));
    }
    std::sort(page.posts.begin(), page.posts.end(), [](const Post& a, const Post& b) { return a.id < b.id; });
    SENTINEL_TRY(add_meta(link, page.posts));
    return page;
  });
}

Result<std::vector<std::int64_t>> Posts::ids(support::SourceLink& link, std::int64_t after, std::int64_t limit) const {
  SENTINEL_ASSIGN(auto* statement,
                  select_posts(link, "ID", " AND ID > ?", {{KeyValue::Kind::kInteger, std::to_string(after)}}, limit));
  std::vector<std::int64_t> ids;
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, statement->step());
    if (!has_row) return ids;
    ids.push_back(to_id(statement->text(0)));
  }
}

Result<database::Statement*> Posts::select_posts(support::SourceLink& link, const std::string& columns,
                                                 const std::string& where, const std::vector<KeyValue>& parameters,
                                                 std::int64_t limit) const {
  // Walking the primary key costs one range a page; the index on (post_type, …) that the planner may prefer, one sort
  // of the whole type a page.
  const auto [hint, type] =
      site_.dialect == Dialect::kMysql ? std::pair(" FORCE INDEX (PRIMARY)", "post_type") : std::pair("", "+post_type");
  SENTINEL_ASSIGN(auto* statement, link.statement(fmt::format("SELECT {} FROM {}{} WHERE {} = ?{} ORDER BY ID LIMIT ?",
                                                              columns, site_.posts, hint, type, where)));
  statement->bind_text(0, content_);
  for (std::size_t i = 0; i < parameters.size(); ++i) bind(*statement, i + 1, parameters[i]);
  statement->bind_int64(parameters.size() + 1, limit);
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, statement->execute());
  return statement;
}

Result<std::vector<Post>> Posts::select(support::SourceLink& link, const std::string& where,
                                        const std::vector<KeyValue>& parameters, std::int64_t limit) const {
  SENTINEL_ASSIGN(auto* statement, select_posts(link, selected_, where, parameters, limit));
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
  if (meta_keys_.empty()) return {};
  for (std::size_t begin = 0; begin < posts.size(); begin += kIdsAtOnce)
    SENTINEL_TRY(add_meta_of(link, std::span(posts).subspan(begin, std::min(kIdsAtOnce, posts.size() - begin))));
  return {};
}

Result<database::Statement*> Posts::select_meta(support::SourceLink& link, std::span<const Post> posts) const {
  const auto first = posts.front().id, last = posts.back().id;
  // A range of ids is found several times faster than a list of them, unless it is full of other posts.
  const bool is_dense = last - first < kDense * std::ssize(posts);
  const auto which = is_dense ? std::string("BETWEEN ? AND ?") : fmt::format("IN ({})", marks(kIdsAtOnce));
  const auto ids = is_dense ? std::size_t{2} : kIdsAtOnce;
  SENTINEL_ASSIGN(auto* statement,
                  link.statement(fmt::format("SELECT post_id, meta_key, meta_value FROM {} WHERE post_id {} AND "
                                             "meta_key IN ({}) ORDER BY post_id, meta_id",
                                             site_.postmeta, which, marks(meta_keys_.size()))));
  if (is_dense) {
    statement->bind_int64(0, first);
    statement->bind_int64(1, last);
  } else {
    for (std::size_t i = 0; i < ids; ++i) statement->bind_int64(i, posts[std::min(i, posts.size() - 1)].id);
  }
  for (std::size_t i = 0; i < meta_keys_.size(); ++i) statement->bind_text(ids + i, meta_keys_[i]);
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
    // The collation answers keys that differ in case or accents only: those are others.
    const auto key = key_at_.find(statement->text(1).value_or(""));
    if (key == key_at_.end()) continue;
    const auto id = to_id(statement->text(0));
    while (at < posts.size() && posts[at].id < id) ++at;
    if (at == posts.size() || posts[at].id != id) continue;
    if (seen_of != id) seen.assign(meta_keys_.size(), 0);
    seen_of = id;
    take_meta(posts[at], seen, key->second, statement->text(2));
  }
}

void Posts::take_meta(Post& post, std::vector<char>& seen, std::size_t key,
                      std::optional<std::string_view> value) const {
  auto& kept = post.values[first_meta_ + key];
  if (seen[key] != 0) {
    if (repeated_meta_ == RepeatedMeta::kFirst) return;
    const bool differs = kept.has_value() != value.has_value() || (value && *kept != *value);
    if (repeated_meta_ == RepeatedMeta::kReject && differs) post.repeated = meta_keys_[key];
    if (repeated_meta_ == RepeatedMeta::kReject) return;
  }
  seen[key] = 1;
  if (value)
    kept.emplace(*value);
  else
    kept.reset();
}

}  // namespace sentinel::wordpress_source
