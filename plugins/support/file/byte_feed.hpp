// The bytes of a file from a place on, as many as one record needs, and the place that is reached when they are taken.
#pragma once

#include "support/file/input_file.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sentinel::support {

// A place in a file, with the hash of every byte before it: whether these are still the same, only reading them tells.
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
  // What is held from the place on.
  std::string_view ahead() const { return std::string_view(held_).substr(taken_); }
  // Reads on behind what is held; false at the end of the file.
  Result<bool> more();
  // Reads `distance` bytes behind the place without holding them; 0 at the end of the file.
  Result<std::size_t> look(std::int64_t distance, std::span<char> into) const {
    return file_.read_at(place_.offset + distance, into);
  }
  // REQUIRES: nothing was read yet.
  Status pass_byte_order_mark();
  // Passes `count` bytes, held or not. Errors: kUnavailable; kSchemaChanged if the file no longer has them.
  Status take(std::int64_t count);

 private:
  const InputFile& file_;
  Place place_;
  std::string held_;
  std::size_t taken_ = 0;  // bytes of held_ that lie before the place
};

}  // namespace sentinel::support
