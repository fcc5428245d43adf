// The options of the wordpress source.
#pragma once

#include <sentinel/component.hpp>
#include <sentinel/option.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::wordpress_source {

// What to do with a meta key that a post has more than once with different values.
enum class RepeatedMeta { kReject, kFirst, kLast };
enum class Incremental { kFull, kModified };
// A plugin of WordPress whose records are read, in place of posts.
enum class Preset { kGivewp, kWoocommerce, kWoocommerceLegacy };

struct Options {
  std::string connection;
  std::string base_url, user, application_password;
  std::optional<Preset> preset;
  std::string content = "donation";
  std::string prefix = "wp_";
  std::optional<std::vector<std::string>> meta;
  std::optional<std::vector<std::string>> statuses;
  Departure on_departure = Departure::kKeep;
  RepeatedMeta repeated_meta = RepeatedMeta::kReject;
  bool include_content = false;
  bool include_test = false;
  Incremental incremental = Incremental::kFull;
  std::chrono::milliseconds overlap{600000};
};
inline constexpr auto kOptions = options<Options>(
    option("connection", &Options::connection, "Address of the site's database: mysql://, or sqlite: for a copy.")
        .secret()
        .identity(),
    option("base_url", &Options::base_url,
           "Instead of connection: the address of the site's front page, to read over its REST API.")
        .identity(),
    option("user", &Options::user, "Over the REST API: the login name of an editor or administrator."),
    option("application_password", &Options::application_password,
           "Over the REST API: an application password of this user, from the user's profile.")
        .secret(),
    option("preset", &Options::preset,
           "Reads these instead of posts: the donations of GiveWP 4, the orders and refunds of WooCommerce, or those "
           "that WooCommerce still stores as posts. Based on their published schemas.")
        .choices("givewp", "woocommerce", "woocommerce_legacy")
        .identity(),
    option("content", &Options::content, "Post type to read; a preset implies its own.").identity(),
    option("prefix", &Options::prefix, "Table prefix of the site, $table_prefix in wp-config.php.")
        .identity()
        .advanced(),
    option("meta", &Options::meta,
           "Meta keys to read, each as field meta.<key>. By default all keys that posts of this type have and that do "
           "not begin with an underscore; with a preset, none besides its own fields.")
        .identity(),
    option("statuses", &Options::statuses,
           "Statuses that pass; records with any other status are read and counted as filtered. By default publish; "
           "with givewp also give_subscription; with WooCommerce wc-processing, wc-completed and wc-refunded."),
    option("on_departure", &Options::on_departure,
           "What happens to the row of a post that landed before and now has another status: keep, mark (set its "
           "column left_at to the time) or delete.")
        .choices("keep", "mark", "delete")
        .formerly("on_leave"),
    option(
        "repeated_meta", &Options::repeated_meta,
        "How to treat a post that has a meta key more than once with different values; reject makes it a dead letter.")
        .choices("reject", "first", "last")
        .advanced(),
    option("include_content", &Options::include_content, "Reads the post's text too, as field content."),
    option("include_test", &Options::include_test,
           "With givewp: passes donations made in test mode; otherwise they are read and counted as filtered."),
    option("incremental", &Options::incremental,
           "full reads every record in every run; modified reads only those whose modified time changed, which misses "
           "edits to meta alone until a run with --full.")
        .choices("full", "modified"),
    option("overlap", &Options::overlap,
           "How far a reading window of modified overlaps the previous one, for posts that were committed late.")
        .min(1000)
        .advanced());

}  // namespace sentinel::wordpress_source
