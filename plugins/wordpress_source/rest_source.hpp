// Reads the posts of one type of a WordPress site over its REST API: the same records as from its database.
#pragma once

#include "wordpress_source/options.hpp"
#include "wordpress_source/posts.hpp"
#include "wordpress_source/rest_api.hpp"
#include "wordpress_source/rest_type.hpp"
#include "wordpress_source/rest_walk.hpp"

#include <sentinel/source.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sentinel::wordpress_source {

class RestSource final : public Source {
 public:
  static Result<std::unique_ptr<RestSource>> open(Options options, Host& host);
  // REQUIRES: options that open() accepts.
  RestSource(Options options, support::http::Address base, Host& host);

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
  // The type as it was when the schema was read.
  struct Content {
    RestType type;
    std::vector<RestMeta> meta;
    Schema schema;
    RestWalk walk, key_walk;  // keys() ignores windows
  };
  Result<Content*> content();
  Result<Content> describe();
  // REQUIRES of both: content() succeeded.
  Status add_posts(const RestStretch& stretch, std::vector<Post>& posts) const;
  Page page_of(const std::vector<Post>& posts, const RestCursor& next, Rejects& rejects) const;
  Status warn_if_empty(Content& now) const;
  Status discover_in(const RestType& type, const std::function<void(const FoundField&)>& found);

  const Options options_;
  Host& host_;
  RestApi api_;
  std::optional<Content> content_;
};

}  // namespace sentinel::wordpress_source
