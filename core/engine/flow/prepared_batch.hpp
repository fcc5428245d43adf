// A page of records between source and sink: which arrive, depart, were filtered or rejected.
#pragma once

#include "engine/plugins/source_stage.hpp"

#include <sentinel/batch.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::engine {

// The money of one record, from the stage on where it is known.
struct Amount {
  std::int64_t minor = 0;
  std::int32_t currency = -1;  // index into PreparedBatch::currencies; -1: not known
  bool known() const { return currency >= 0; }
};

struct Rejection {
  std::int64_t row = 0;  // of the source batch
  std::string stage;     // `use:` of who rejected it
  Status why;
  bool has_known_key = false;  // KeyNotes has it, and records that passed confirm the stage's names
};

// What the sink gets.
struct Arriving {
  Batch rows;
  std::vector<std::int64_t> origin;  // source row of each
};

// Records that no longer arrive and whose rows in the target are to be marked or removed: passed on to the sink's
// schema, so that their keys are known. One that a later stage rejects counts as filtered.
struct Departing {
  Batch rows;
  std::vector<std::int64_t> origin;  // source row of each
  std::vector<Departure> actions;
  // Of records that were deleted in the source: `source` holds their rows as they are in the target, in the sink's
  // schema.
  bool is_deleted = false;
  std::vector<std::string> obsolete_letters;  // open letters of deleted records; they close with this batch
};

// What a comparison needs to know of records that did not reach the sink: source row and key in the target, where the
// stage that dropped them knew it. Filled after Chain::note_keys() only.
using KeyNotes = std::vector<std::pair<std::int64_t, std::string>>;

// Every row of `source` is in exactly one of arriving, departing, filtered, rejected, settled.
struct PreparedBatch {
  // As read.
  Batch source;  // dies after `arriving` and `departing`, which borrow from it
  Schema source_schema;
  std::vector<plugins::RejectedRecord> unreadable;  // never became a row
  std::string next_cursor;
  bool done = false;
  std::vector<Amount> amounts;             // one a source row
  std::vector<Amount> unreadable_amounts;  // one an unreadable record, where the source reported it
  std::vector<std::string> currencies;

  std::vector<Batch> between;  // inputs of stages, from which later ones may borrow
  Arriving arriving;
  Departing departing;
  std::vector<std::int64_t> filtered;
  std::vector<Rejection> rejected;
  std::vector<std::int64_t> settled;  // an edit of this very record landed: it is not sent
  KeyNotes key_notes;

  std::uint64_t records() const { return static_cast<std::uint64_t>(source.rows()) + unreadable.size(); }
};

// The place of the code in `currencies`, where it is added if it is new.
std::int32_t currency_index(const std::string& code, std::vector<std::string>& currencies);

}  // namespace sentinel::engine
