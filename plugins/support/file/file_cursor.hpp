// The position of reading in a file, and how the next run recognises whether it is still the same file.
#pragma once

#include "support/file/byte_feed.hpp"

#include <sentinel/source.hpp>

namespace sentinel::support {

struct FileCursor {
  Place place;           // of the next record; of the last one where no line break ends it, since it may still grow
  FileStamp stamp;       // of the file when the place was reached
  bool is_done = false;  // the whole file of that stamp was read

  Cursor to_cursor() const;
};

// Errors: kInvalidConfig if it is not the cursor of a file.
Result<FileCursor> parse_file_cursor(const Cursor& cursor);

// How the current file relates to the one that the cursor was made for.
enum class Continuity {
  kSame,      // nothing has been written since
  kGoesOn,    // every byte before the position is unchanged
  kReplaced,  // it is shorter, or a byte before the position has changed
};
// Reads the file up to the cursor's place unless the stamps are equal.
Result<Continuity> compare(const FileCursor& cursor, const InputFile& file);

}  // namespace sentinel::support
