// The position of a pass over the REST API: the cursor of REST mode, as JSON text.
#pragma once

#include <sentinel/source.hpp>

#include <cstdint>
#include <string>

namespace sentinel::wordpress_source {

struct RestCursor {
  std::int64_t after = 0;   // every post up to this id was read
  std::int64_t offset = 0;  // the position of the next one in the list
  std::int64_t first = 0;   // the first id of the list; 0: not read yet
  std::string from, until;  // ISO times; `from` is empty if the pass reads everything
  std::string zone;         // the site's time zone, which its modification times use
  bool is_done = false;     // the pass is over; the next one begins before `until`

  Cursor to_cursor() const;
};

// An empty cursor is the start of a first pass. Errors: kInvalidConfig for anything that is not a cursor of this mode.
Result<RestCursor> parse_rest_cursor(const Cursor& cursor);

}  // namespace sentinel::wordpress_source
