// What a source that reads tables in windows must know of a dialect beyond database::DialectRules. Each dialect answers
// in the file of its name beside this one.
#pragma once

#include "database/dialect.hpp"

#include <sentinel/schema.hpp>

#include <string>
#include <string_view>

namespace sentinel::support {

// SQL around the parameter that a column is compared with.
struct Around {
  std::string before, after;
};

// Stateless, one object for each dialect, alive as long as the process: any thread.
class SourceDialect {
 public:
  virtual ~SourceDialect() = default;

  // False where a value of any type may stand in any column, and each type is compared and ordered by itself.
  virtual bool has_typed_columns() const = 0;
  // True if columns of types that Sentinel does not know (uuid and the like) are ordered as they are compared.
  virtual bool orders_other_types() const = 0;
  // True if a statement that was not read to its last row holds a lock.
  virtual bool locks_until_last_row() const = 0;
  // Makes a comparison of the column with a text exact.
  virtual Around around_parameter(const Field& field, const database::Column& column) const = 0;
  // A quoted column of time, as it is compared with the ends of a reading window.
  virtual std::string window_time(const std::string& column) const = 0;
  // " OR …" for values of window_time() that are neither NULL nor a time in any window; "" if there are none.
  virtual std::string or_timeless(const std::string& time) const = 0;
};

const SourceDialect& source_dialect(database::Dialect dialect);

}  // namespace sentinel::support
