// How a WordPress site is read where it is kept: MySQL and MariaDB, or a copy of it in SQLite. WordPress runs on no
// other database, so a new dialect of Sentinel needs nothing here.
#pragma once

#include "database/dialect.hpp"

#include <array>
#include <string_view>

namespace sentinel::wordpress_source {

struct SiteDialect {
  database::Dialect dialect;
  // Run one after the other, they begin a transaction whose statements all see the same state of the site; "" is none.
  std::array<std::string_view, 2> begin_snapshot;
  std::string_view key_bytes;        // the meta key m.meta_key as bytes
  std::string_view walk_hint;        // behind the table: walk its primary key
  std::string_view type_sign;        // before the column of the type: do not use its index
  std::string_view snapshot_engine;  // the engine whose tables have snapshots; "": all have
  bool keeps_amounts;                // columns of numbers keep every digit
};

// Null where no WordPress can be.
const SiteDialect* site_dialect(database::Dialect dialect);

}  // namespace sentinel::wordpress_source
