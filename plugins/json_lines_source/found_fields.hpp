// The fields of the records, where the pipeline file does not name them: those found so far.
#pragma once

#include "support/json/json_text.hpp"

#include <sentinel/schema.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sentinel::json_lines_source {

class FoundFields {
 public:
  // Adds the members of one record. A field that ever held an object or a list in this scan is JSON.
  void look_at(const std::vector<support::JsonMember>& members);
  // Adds one more, found while reading. Errors: kInvalidConfig beyond the number of columns that a table can have.
  Status add(const support::JsonMember& member);
  const std::vector<Field>& all() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

}  // namespace sentinel::json_lines_source
