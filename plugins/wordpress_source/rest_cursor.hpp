// Where a pass over the REST API stands: the cursor of REST mode, as JSON text.
#pragma once

#include <sentinel/source.hpp>

#include <cstdint>
#include <string>

namespace sentinel::wordpress_source {

struct RestCursor {
  std::int64_t after = 0;   // every post up to this id was read
  std::int64_t offset = 0;  // where the next one stood in the list
  std::int64_t first = 0;   // the id at the list's very beginning; 0: not seen yet
  std::string from, until;  // ISO times; `from` is empty where the pass takes everything
  std::string zone;         // the site's, which decides what a time of change means there
  bool is_done = false;     // the pass is over; the next one begins before `until`

  Cursor to_cursor() const;
};

// An empty cursor gives the start of a first pass. Errors: kInvalidConfig for anything that is no cursor of this mode.
Result<RestCursor> parse_rest_cursor(const Cursor& cursor);

}  // namespace sentinel::wordpress_source
