// Where a WordPress site stores its posts and their meta, and which of them exist.
#pragma once

#include "database/connection.hpp"
#include "wordpress_source/options.hpp"
#include "wordpress_source/site_dialect.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sentinel::wordpress_source {

inline constexpr std::size_t kMostMetaKeys = 200;

struct Site {
  const SiteDialect* dialect = nullptr;  // never null in what find_site() answers
  std::string posts, postmeta;           // quoted, as all here
  std::string records, meta;             // those of the preset, else posts and postmeta
  std::vector<std::string> joined;
  bool has_snapshots = true;  // false: tables without transactions, where a page may read a post before its meta
};

// Errors: kInvalidConfig if the database cannot hold a WordPress (option "connection"), has no such tables (option
// "prefix"), or lacks what the preset reads (option "preset").
Result<Site> find_site(database::Connection& connection, const Options& options);

// The presets whose tables the site has.
Result<std::vector<Preset>> find_presets(database::Connection& connection, const std::string& prefix);

// The distinct meta keys of the posts of one type, sorted by their bytes, without those that begin with "_". Errors:
// kInvalidConfig at option "meta" if there are more than kMostMetaKeys.
Result<std::vector<std::string>> find_meta_keys(database::Connection& connection, const Site& site,
                                                const std::string& type);

// The post types of the site with the number of their posts, the largest first.
Result<std::vector<std::pair<std::string, std::string>>> find_types(database::Connection& connection, const Site& site);

// One meta key with a sample value, for discover().
struct FoundMeta {
  std::string type, key, sample;
};
Result<std::vector<FoundMeta>> find_all_meta(database::Connection& connection, const Site& site,
                                             const Options& options);

}  // namespace sentinel::wordpress_source
