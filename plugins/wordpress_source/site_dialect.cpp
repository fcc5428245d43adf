// The two dialects in which a site may be kept.
#include "wordpress_source/site_dialect.hpp"

#include <algorithm>

namespace sentinel::wordpress_source {
namespace {

constexpr SiteDialect kSites[] = {
    {.dialect = database::Dialect::kMysql,
     .begin_snapshot = {"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"},
     // WordPress's collation treats Amount and amount as the same, WordPress itself does not.
     .key_bytes = "CAST(m.meta_key AS BINARY)",
     .walk_hint = " FORCE INDEX (PRIMARY)",
     .type_sign = "",
     .snapshot_engine = "InnoDB",
     .keeps_amounts = true},
    {.dialect = database::Dialect::kSqlite,
     .begin_snapshot = {"BEGIN", ""},
     .key_bytes = "CAST(m.meta_key AS BLOB)",
     .walk_hint = "",
     .type_sign = "+",
     .snapshot_engine = "",
     .keeps_amounts = false},
};

}  // namespace

const SiteDialect* site_dialect(database::Dialect dialect) {
  const auto found = std::ranges::find(kSites, dialect, &SiteDialect::dialect);
  return found == std::end(kSites) ? nullptr : &*found;
}

}  // namespace sentinel::wordpress_source
