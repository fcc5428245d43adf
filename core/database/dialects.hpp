// The dialects of SQL that Sentinel supports, one line each.
#pragma once

// Every table of dialects is made from this list: the enumerator, then the name, which is the scheme of its URLs, its
// folder here and under sql/state, and its file in the plugins that have a part in each dialect. CMakeLists.txt beside
// this file has the same names. mysql is MySQL and MariaDB.
#define SENTINEL_DIALECTS(DIALECT) \
  DIALECT(kMysql, mysql)           \
  DIALECT(kPostgresql, postgresql) \
  DIALECT(kSqlite, sqlite)

namespace sentinel::database {

enum class Dialect {
#define SENTINEL_ENUMERATOR(enumerator, name) enumerator,
  SENTINEL_DIALECTS(SENTINEL_ENUMERATOR)
#undef SENTINEL_ENUMERATOR
};

// That of the files which Sentinel keeps for itself, such as its store.
inline constexpr Dialect kEmbeddedDialect = Dialect::kSqlite;

}  // namespace sentinel::database
