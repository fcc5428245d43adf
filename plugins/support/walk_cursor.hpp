// Where a walk over a table stands: the cursor of the SQL sources, as JSON text.
//
// A pass walks all rows in key order. With reading windows a pass takes only the rows modified in (from, until], where
// both ends stay frozen for the whole pass; the next pass begins `overlap` before `until`.
#pragma once

#include "database/connection.hpp"

#include <sentinel/source.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::support {

// One value of a key, as the database printed it.
struct KeyValue {
  enum class Kind { kInteger, kText, kBytes };
  Kind kind = Kind::kText;
  std::string text;

  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

struct WalkCursor {
  std::vector<KeyValue> after;  // the key behind which the walk goes on; empty: at the start of the pass
  std::string by;               // the column of the window; empty: no windows
  std::string from, until;      // the window, as the server printed it; from is empty in the first pass
  bool is_done = false;         // the pass is over, `until` is what the next one begins before

  Cursor to_cursor() const;
};

// Errors: kInvalidConfig if it is not the cursor of a walk over keys of `key_size` columns.
Result<WalkCursor> parse_cursor(const Cursor& cursor, std::size_t key_size);

// The source server's clock in UTC, "2026-11-22 20:14:03.123456": the upper end of a window.
using ServerClock = std::function<Result<std::string>(database::Connection&)>;
Result<std::string> server_time(database::Connection& connection);

struct Windows {
  std::string by;  // empty: every pass reads everything
  std::chrono::milliseconds overlap{};
};

// Goes on with the pass that `cursor` stands in, or begins the next one. Errors: as parse_cursor, and those of the
// clock.
Result<WalkCursor> continue_walk(const Cursor& cursor, std::size_t key_size, const Windows& windows,
                                 const std::function<Result<std::string>()>& clock);

// A key as one text: the value itself, or a JSON array of the values where the key has several columns.
std::string key_text(const std::vector<KeyValue>& key);
// The inverse; nothing if `text` is not a key of so many columns. The values are texts, or bytes where key_text() wrote
// bytes.
std::optional<std::vector<KeyValue>> parse_key_text(std::string_view text, std::size_t key_size);

}  // namespace sentinel::support
