// Reads posts with their meta pivoted into columns, both from one snapshot of the database.
#pragma once

#include "database/connection.hpp"
#include "database/statement.hpp"
#include "support/source_link.hpp"
#include "support/walk_cursor.hpp"
#include "wordpress_source/options.hpp"
#include "wordpress_source/preset.hpp"
#include "wordpress_source/site.hpp"

#include <sentinel/schema.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sentinel::wordpress_source {

// One post as returned by the database as text: a value for each field of the schema.
struct Post {
  std::int64_t id = 0;
  std::vector<std::optional<std::string>> values;
  std::string repeated;  // a field whose meta key occurs more than once with different values
  std::string fault;     // why the values cannot be trusted; empty if they can
};

struct PostPage {
  std::vector<Post> posts;  // ascending by id
  bool has_more = false;
};

class Posts {
 public:
  Posts(Site site, const Options& options, std::vector<std::string> meta_keys);

  const Schema& schema() const { return schema_; }
  const Site& site() const { return site_; }
  const char* modified() const { return layout_.modified; }

  // The posts after walk.after in the window, `limit` at most, and whether there are more.
  Result<PostPage> page(support::SourceLink& link, const support::WalkCursor& walk, std::int64_t limit) const;
  // The posts with these ids that exist.
  Result<PostPage> with_ids(support::SourceLink& link, std::span<const std::int64_t> ids) const;
  // How many there are, whatever their status.
  Result<std::int64_t> count(support::SourceLink& link) const;
  // The ids after `after`, `limit` at most, ascending, whatever the status.
  Result<std::vector<std::int64_t>> ids(support::SourceLink& link, std::int64_t after, std::int64_t limit) const;

 private:
  // Which of the records of the layout's types: ascending by id.
  struct Wanted {
    std::string where;  // "", or conditions that each begin with " AND "
    std::vector<support::KeyValue> parameters;
    std::int64_t limit = 0;
    bool is_windowed = false;
  };
  std::string from_types(bool is_windowed) const;
  std::size_t bind_types(database::Statement& statement) const;
  Result<database::Statement*> select_columns(support::SourceLink& link, const std::string& columns,
                                              const Wanted& wanted) const;
  Result<std::vector<Post>> select(support::SourceLink& link, const Wanted& wanted) const;
  Status add_meta(support::SourceLink& link, std::vector<Post>& posts) const;
  Result<database::Statement*> select_meta(support::SourceLink& link, std::span<const Post> posts) const;
  Status add_meta_of(support::SourceLink& link, std::span<Post> posts) const;
  void take_meta(Post& post, std::vector<char>& seen, std::size_t key, std::optional<std::string_view> text) const;

  Site site_;
  Layout layout_;  // its meta: the preset's own, then those that the options name
  const RepeatedMeta repeated_meta_;
  Schema schema_;
  std::string selected_;                                    // the columns of the posts table, in the schema's order
  std::size_t first_meta_ = 0;                              // where the meta fields begin in the schema
  std::map<std::string, std::size_t, std::less<>> key_at_;  // meta key -> its place in layout_.meta
};

}  // namespace sentinel::wordpress_source
