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
  static constexpr auto options = sentinel::options<Options>(
      option("connection", &Options::connection, "Address of the site's database: mysql://, or sqlite: for a copy.")
          .required()
          .secret()
          .identity(),
      option("preset", &Options::preset,
             "In place of posts: the donations of GiveWP 4, the orders and refunds of WooCommerce, or those that "
             "WooCommerce still keeps as posts. Made from their published schemas.")
          .choices("givewp", "woocommerce", "woocommerce_legacy")
          .identity(),
      option("content", &Options::content, "Post type to read; a preset has its own.").identity(),
      option("prefix", &Options::prefix, "Table prefix of the site, $table_prefix in wp-config.php.")
          .identity()
          .advanced(),
      option("meta", &Options::meta,
             "Meta keys to read, each as field meta.<key>; if left out, all that posts of this type carry and that do "
             "not begin with "
             "an underscore, and with a preset none beside its own fields.")
          .identity(),
      option("statuses", &Options::statuses,
             "Statuses that pass; records of any other are read and counted as filtered. If left out: publish; with "
             "givewp also give_subscription; with WooCommerce wc-processing, wc-completed and wc-refunded."),
      option("on_leave", &Options::on_leave,
             "What becomes of the row of a post that landed before and has another status now: keep, mark (its column "
             "left_at takes the time) or delete.")
          .choices("keep", "mark", "delete"),
      option("repeated_meta", &Options::repeated_meta,
             "What a post becomes that carries a meta key more than once with different values: reject makes it a dead "
             "letter.")
          .choices("reject", "first", "last")
          .advanced(),
      option("include_content", &Options::include_content, "Reads the post's text too, as field content."),
      option("include_test", &Options::include_test,
             "With givewp: lets donations made in test mode pass; else they are read and counted as filtered."),
      option("incremental", &Options::incremental,
             "full reads every record in every run; modified only those whose modified time changed, which misses "
             "edits of meta alone "
             "until a run with --full.")
          .choices("full", "modified"),
      option("overlap", &Options::overlap,
             "How far a window of modified reaches back into the one before, for posts that were committed late.")
          .min(1000)
          .advanced());

  static Result<std::unique_ptr<WordpressSource>> open(Options options, Host& host);
  // REQUIRES: options that open() accepts. `clock` says what time the source server has.
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
  // The connection, and the tables and fields if this is the first time.
  Result<database::Connection*> ready();
  Result<Posts> find_posts(database::Connection& connection);
  Status warn_if_empty(database::Connection& connection, const Site& site);
  Result<Page> read_page(const Cursor& from, const Limits& limits, Rejects& rejects);

  const Options options_;
  Host& host_;
  const support::ServerClock clock_;
  support::SourceLink link_;
  std::optional<Posts> posts_;
};

}  // namespace sentinel::wordpress_source
