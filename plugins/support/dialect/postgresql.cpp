// The sources' part of PostgreSQL.
#include "support/dialect/dialect.hpp"

#include <fmt/format.h>

namespace sentinel::support {
namespace {

class PostgresqlSource final : public SourceDialect {
 public:
  bool has_typed_columns() const override { return true; }
  bool orders_other_types() const override { return true; }
  bool locks_until_last_row() const override { return false; }
  Around around_parameter(const Field&, const database::Column&) const override { return {}; }
  std::string window_time(const std::string& column) const override { return column; }
  std::string or_timeless(const std::string& time) const override { return fmt::format(" OR NOT isfinite({})", time); }
};

}  // namespace

const SourceDialect& postgresql_source_dialect();
const SourceDialect& postgresql_source_dialect() {
  static const PostgresqlSource kDialect;
  return kDialect;
}

}  // namespace sentinel::support
