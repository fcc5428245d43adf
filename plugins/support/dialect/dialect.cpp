// Finds a dialect's part of the sources.
#include "support/dialect/dialect.hpp"

namespace sentinel::support {

#define SENTINEL_DECLARE(enumerator, name) const SourceDialect& name##_source_dialect();
SENTINEL_DIALECTS(SENTINEL_DECLARE)
#undef SENTINEL_DECLARE

const SourceDialect& source_dialect(database::Dialect dialect) {
  constexpr std::array kSourceDialects = {
#define SENTINEL_SOURCE_DIALECT(enumerator, name) &name##_source_dialect,
      SENTINEL_DIALECTS(SENTINEL_SOURCE_DIALECT)
#undef SENTINEL_SOURCE_DIALECT
  };
  return kSourceDialects[static_cast<std::size_t>(dialect)]();
}

}  // namespace sentinel::support
