// Formats and parses the cursor of a file: "file 340 12 <hash> <size> <inode> <modified> done".
#include "support/file/file_cursor.hpp"

#include <fmt/format.h>

#include <sstream>

namespace sentinel::support {
namespace {

constexpr std::string_view kOpen = "open", kDone = "done";

}  // namespace

Cursor FileCursor::to_cursor() const {
  std::ostringstream text;
  text << "file " << place.offset << ' ' << place.line << ' ' << place.hash << ' ' << stamp.size << ' ' << stamp.inode
       << ' ' << stamp.modified_ns << ' ' << (is_done ? kDone : kOpen);
  return Cursor(text.str());
}

Result<FileCursor> parse_file_cursor(const Cursor& cursor) {
  FileCursor parsed;
  if (cursor.empty()) return parsed;
  std::istringstream text(cursor.text());
  std::string mark, state;
  text >> mark >> parsed.place.offset >> parsed.place.line >> parsed.place.hash >> parsed.stamp.size >>
      parsed.stamp.inode >> parsed.stamp.modified_ns >> state;
  if (text.fail() || mark != "file" || (state != kOpen && state != kDone) || parsed.place.offset < 0)
    return invalid_config(fmt::format(
        "the checkpoint \"{}\" is not a position in a file; start from the beginning with --full", cursor.text()));
  parsed.is_done = state == kDone;
  return parsed;
}

Result<Continuity> compare(const FileCursor& cursor, const InputFile& file) {
  SENTINEL_ASSIGN(const auto now, file.stamp());
  if (now == cursor.stamp) return Continuity::kSame;
  if (now.size < cursor.place.offset) return Continuity::kReplaced;
  ByteFeed before(file, Place{});
  auto taken = before.take(cursor.place.offset);
  if (taken.code() == Code::kSchemaChanged) return Continuity::kReplaced;
  SENTINEL_TRY(std::move(taken));
  return before.place().hash == cursor.place.hash ? Continuity::kGoesOn : Continuity::kReplaced;
}

}  // namespace sentinel::support
