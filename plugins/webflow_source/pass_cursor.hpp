// The position of a pass over a collection: the cursor of this source, as JSON text.
#pragma once

#include <sentinel/source.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace sentinel::webflow_source {

// A pass reads all items, or with windows those changed in (from, until]; `until` is the service's clock when the pass
// began. ItemWalk has two ways to walk a list that changes while it is read.
struct PassCursor {
  std::string from, until;  // ISO times; `from` is empty if the pass reads everything
  bool is_done = false;     // the pass is over; the next one begins before `until`
  std::int64_t offset = 0;
  // By creation time: every item made before this was read, and of those made at this time the ones of `read`; the
  // first of that time stood at `offset`. Empty: at the start.
  std::string created;
  std::vector<std::string> read;  // identities, see identity_of
  // Where the order cannot be trusted: the number of this walk through the whole list. 0: it can.
  int walk = 0;

  Cursor to_cursor() const;
  friend bool operator==(const PassCursor&, const PassCursor&) = default;
};

// An empty cursor is the start of a first pass. Errors: kInvalidConfig for anything that is not a cursor of this
// source.
Result<PassCursor> parse_pass_cursor(const Cursor& cursor);

}  // namespace sentinel::webflow_source
