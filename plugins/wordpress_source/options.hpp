// What a pipeline file may say about a WordPress source.
#pragma once

#include <sentinel/component.hpp>
#include <sentinel/option.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sentinel::wordpress_source {

// What to do with a meta key that a post carries more than once with different values.
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
           "In place of connection: the address of the site's front page, to read over its REST API.")
        .identity(),
    option("user", &Options::user, "Over the REST API: the login name of an editor or administrator."),
    option("application_password", &Options::application_password,
           "Over the REST API: an application password of this user, from the user's profile.")
        .secret(),
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
    option("on_departure", &Options::on_departure,
           "What becomes of the row of a post that landed before and has another status now: keep, mark (its column "
           "left_at takes the time) or delete.")
        .choices("keep", "mark", "delete")
        .formerly("on_leave"),
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

}  // namespace sentinel::wordpress_source
