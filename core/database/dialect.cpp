// Finds the rules of a dialect.
#include "database/dialect.hpp"

namespace sentinel::database {

#define SENTINEL_DECLARE(enumerator, name) const DialectRules& name##_rules();
SENTINEL_DIALECTS(SENTINEL_DECLARE)
#undef SENTINEL_DECLARE

const DialectRules& rules_of(Dialect dialect) {
  constexpr std::array kRules = {
#define SENTINEL_RULES(enumerator, name) &name##_rules,
      SENTINEL_DIALECTS(SENTINEL_RULES)
#undef SENTINEL_RULES
  };
  return kRules[static_cast<std::size_t>(dialect)]();
}

std::string_view to_string(Dialect dialect) { return rules_of(dialect).name(); }

}  // namespace sentinel::database
