// The table that the sink writes to, as far as the statements and comparisons need it; made by the preflight.
#pragma once

#include "database/catalogue.hpp"
#include "sql_sink/options.hpp"

#include <sentinel/schema.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace sentinel::sql_sink {

// A field of the schema and the column that takes it.
struct TargetColumn {
  std::size_t field = 0;
  Field shape;
  database::Column column;
  std::string quoted;
  bool is_key = false;
  bool is_padded = false;  // CHAR(n): trailing spaces are not kept
};

struct Target {
  database::Dialect dialect{};
  Mode mode = Mode::kUpsert;
  std::string name;  // as written in the pipeline file
  std::string quoted;
  std::vector<TargetColumn> columns;   // in the order of the schema
  std::vector<std::size_t> keys;       // indexes into columns
  std::size_t version = Schema::npos;  // the column that says which of two records is newer
  std::string touched;                 // "`processed_at`", set by every write; empty: none
  std::string touched_value;           // the SQL expression for it
  std::string left;                    // "`left_at`", when the record departed; every write clears it; empty: none
  std::string now;                     // the SQL expression for it
  bool removes = false;                // rows of departed records are deleted
  std::vector<std::string> warnings;   // what Sentinel cannot check, one sentence each
};

}  // namespace sentinel::sql_sink
