// Which fields the records have, where the pipeline file does not name them: those that were seen so far.
#pragma once

#include "support/json/json_text.hpp"

#include <sentinel/schema.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sentinel::json_lines_source {

class FoundFields {
 public:
  // Notes the members of one record. A field that ever held an object or a list at this look is JSON.
  void look_at(const std::vector<support::JsonMember>& members);
  // Notes one more, met while reading. Errors: kInvalidConfig if there are more than a table has columns.
  Status add(const support::JsonMember& member);
  const std::vector<Field>& all() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

}  // namespace sentinel::json_lines_source
