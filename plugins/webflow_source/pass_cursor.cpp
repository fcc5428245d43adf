// Formats and parses the cursor of a pass over a collection, which is JSON text.
#include "webflow_source/pass_cursor.hpp"

#include "webflow_source/api.hpp"

#include <fmt/format.h>

namespace sentinel::webflow_source {

Cursor PassCursor::to_cursor() const {
  std::string identities;
  for (const auto& identity : read) identities += (identities.empty() ? "" : ",") + support::json_string(identity);
  return Cursor(fmt::format(R"({{"from":{},"until":{},"done":{},"offset":{},"created":{},"read":[{}],"walk":{}}})",
                            support::json_string(from), support::json_string(until), is_done, offset,
                            support::json_string(created), identities, walk));
}

Result<PassCursor> parse_pass_cursor(const Cursor& cursor) {
  if (cursor.empty()) return PassCursor();
  const auto object = Object::parse(cursor.text());
  const auto offset = object ? object->integer("offset") : std::nullopt;
  const auto walk = object ? object->integer("walk") : std::nullopt;
  if (!offset || !walk || *offset < 0 || *walk < 0)
    return invalid_config("the checkpoint is not a cursor of this source; start over with sentinel run --full");
  PassCursor pass;
  pass.from = object->text("from");
  pass.until = object->text("until");
  pass.is_done = object->is_true("done");
  pass.offset = *offset;
  pass.created = object->text("created");
  pass.walk = static_cast<int>(*walk);
  const auto* read = object->find("read");
  const auto identities = read == nullptr ? support::parse_json_array("[]") : support::parse_json_array(read->raw);
  if (!identities) return identities.error();
  for (const auto& identity : *identities) pass.read.push_back(identity.text);
  return pass;
}

}  // namespace sentinel::webflow_source
