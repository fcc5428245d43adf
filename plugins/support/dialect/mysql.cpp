// The sources' part of MySQL and MariaDB.
#include "support/dialect/dialect.hpp"

#include <fmt/format.h>

namespace sentinel::support {
namespace {

class MysqlSource final : public SourceDialect {
 public:
  bool has_typed_columns() const override { return true; }
  bool orders_other_types() const override { return false; }
  bool locks_until_last_row() const override { return false; }
  Around around_parameter(const Field& field, const database::Column& column) const override {
    // A number compared with a text becomes a double, which loses digits.
    if (field.type != Type::kDecimal) return {};
    if (column.kind == database::ColumnKind::kInteger) return {"CAST(", " AS UNSIGNED)"};
    return {"CAST(", fmt::format(" AS DECIMAL({},{}))", field.precision, field.scale)};
  }
  std::string window_time(const std::string& column) const override { return column; }
  std::string or_timeless(const std::string& time) const override {
    return fmt::format(" OR {} < '1000-01-01'", time);  // zero dates
  }
};

}  // namespace

const SourceDialect& mysql_source_dialect();
const SourceDialect& mysql_source_dialect() {
  static const MysqlSource kDialect;
  return kDialect;
}

}  // namespace sentinel::support
