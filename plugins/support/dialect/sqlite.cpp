// The sources' part of SQLite.
#include "support/dialect/dialect.hpp"

#include <fmt/format.h>

namespace sentinel::support {
namespace {

class SqliteSource final : public SourceDialect {
 public:
  bool has_typed_columns() const override { return false; }
  bool orders_other_types() const override { return true; }
  bool locks_until_last_row() const override { return true; }
  Around around_parameter(const Field&, const database::Column&) const override { return {}; }
  std::string window_time(const std::string& column) const override { return fmt::format("datetime({})", column); }
  std::string or_timeless(const std::string&) const override { return ""; }
};

}  // namespace

const SourceDialect& sqlite_source_dialect();
const SourceDialect& sqlite_source_dialect() {
  static const SqliteSource kDialect;
  return kDialect;
}

}  // namespace sentinel::support
