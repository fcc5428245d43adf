// The bytes of a file from a position on, as many as one record needs, and the position after they are consumed.
#pragma once

#include "support/file/input_file.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sentinel::support {

// A position in a file, with the hash of every byte before it: only reading them again shows whether they are still the
// same.
struct Place {
  std::int64_t offset = 0;
  std::int64_t line = 1;
  std::uint64_t hash = 14695981039346656037u;  // FNV-1a

  void pass(std::string_view bytes);
  std::string text() const;  // "line 12, byte 340"
};

class ByteFeed {
 public:
  // REQUIRES: `file` outlives the feed.
  ByteFeed(const InputFile& file, Place place) : file_(file), place_(place) {}

  const Place& place() const { return place_; }
  // The buffered bytes from the position on.
  std::string_view ahead() const { return std::string_view(held_).substr(taken_); }
  // Reads more after the buffered bytes; false at the end of the file.
  Result<bool> more();
  // Reads `distance` bytes after the position without buffering them; 0 at the end of the file.
  Result<std::size_t> look(std::int64_t distance, std::span<char> into) const {
    return file_.read_at(place_.offset + distance, into);
  }
  // REQUIRES: nothing was read yet.
  Status pass_byte_order_mark();
  // Skips `count` bytes, buffered or not. Errors: kUnavailable; kSchemaChanged if the file no longer has them.
  Status take(std::int64_t count);

 private:
  const InputFile& file_;
  Place place_;
  std::string held_;
  std::size_t taken_ = 0;  // bytes of held_ before the position
};

}  // namespace sentinel::support
