// Formats and parses the cursor of REST mode, which is JSON text.
#include "wordpress_source/rest_cursor.hpp"

#include "support/json/json_object.hpp"

#include <fmt/format.h>

namespace sentinel::wordpress_source {

using support::json_string;

Cursor RestCursor::to_cursor() const {
  return Cursor(fmt::format(R"({{"after":{},"offset":{},"first":{},"from":{},"until":{},"zone":{},"done":{}}})", after,
                            offset, first, json_string(from), json_string(until), json_string(zone), is_done));
}

Result<RestCursor> parse_rest_cursor(const Cursor& cursor) {
  if (cursor.empty()) return RestCursor();
  const auto object = support::JsonObject::parse(cursor.text());
  const auto after = object ? object->integer("after") : std::nullopt;
  const auto offset = object ? object->integer("offset") : std::nullopt;
  if (!after || !offset || *offset < 0)
    return invalid_config("the checkpoint is not a cursor of this source; start over with sentinel run --full");
  return RestCursor{*after,
                    *offset,
                    object->integer("first").value_or(0),
                    object->text("from"),
                    object->text("until"),
                    object->text("zone"),
                    object->is_true("done")};
}

}  // namespace sentinel::wordpress_source
