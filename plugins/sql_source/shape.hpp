// What an SQL source reads: the table expression, its fields, its key, and how the window column compares.
#pragma once

#include "database/catalogue.hpp"
#include "sql_source/options.hpp"

#include <sentinel/schema.hpp>

#include <string>
#include <vector>

namespace sentinel::sql_source {

struct KeyColumn {
  std::size_t field = 0;  // its place in the schema
  std::string quoted;
  std::string before, after;  // around a parameter that is compared with it: "CAST(", " AS UNSIGNED)"
};

struct Shape {
  database::Dialect dialect{};
  std::string from;  // after FROM: the quoted table, or the query in brackets
  Schema schema;
  std::vector<std::string> selected;  // the quoted columns, one a field
  std::vector<KeyColumn> key;
  bool key_may_be_null = false;
  std::string window;  // the quoted column of `modified`; empty: none
};

// Asks the catalogue (a table) or the database's own description (a query). Errors: kInvalidConfig with the option at
// fault for a missing table or column, a key that is not unique or has no reliable order, a window column that is not a
// time.
Result<Shape> find_shape(database::Connection& connection, const Options& options);

// The places in shape.key in the order of the schema: that in which a key of several fields is printed.
std::vector<std::size_t> printed_order(const Shape& shape);

// The same rows by their key alone.
Shape key_shape(const Shape& shape);

// The field that carries a column's values without loss.
Field field_of(const database::Column& column);

}  // namespace sentinel::sql_source
