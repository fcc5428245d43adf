// Reads the posts of one type of a WordPress site, with chosen meta keys as columns, from the site's own database.
#pragma once

#include "support/source_link.hpp"
#include "support/walk_cursor.hpp"
#include "wordpress_source/options.hpp"
#include "wordpress_source/posts.hpp"

#include <sentinel/plugin.hpp>

#include <memory>
#include <optional>

namespace sentinel::wordpress_source {

class WordpressSource final : public Source {
 public:
  static constexpr auto options = kOptions;

  // Checks the options that both ways to read a site share. Errors: kInvalidConfig.
  static Status check_options(const Options& options);
  static Result<std::unique_ptr<WordpressSource>> open(Options options, Host& host);
  // REQUIRES: options that open() accepts. `clock` returns the time of the source server.
  WordpressSource(Options options, Host& host, support::ServerClock clock = support::server_time);

  Result<Schema> schema() override;
  Result<Page> read(const Cursor& from, const Limits& limits, Rejects& rejects) override;
  Status check() override;
  Status discover(const std::function<void(const FoundField&)>& found) override;
  Result<std::int64_t> count() override;
  Result<Page> fetch(std::span<const std::string> keys, Rejects& rejects) override;
  Result<Page> keys(const Cursor& from, const Limits& limits,
                    const std::function<void(std::string_view)>& found) override;
  void cancel() override { link_.cancel(); }

 private:
  // Opens the connection if needed, and finds the tables and fields the first time.
  Result<database::Connection*> ready();
  Result<Posts> find_posts(database::Connection& connection);
  Status discover_preset(database::Connection& connection, const Site& site,
                         const std::function<void(const FoundField&)>& found);
  Status warn_if_empty(database::Connection& connection, const Site& site);
  Result<Page> read_page(const Cursor& from, const Limits& limits, Rejects& rejects);

  const Options options_;
  Host& host_;
  const support::ServerClock clock_;
  support::SourceLink link_;
  std::optional<Posts> posts_;
};

}  // namespace sentinel::wordpress_source
