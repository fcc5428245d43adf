// Finds the row of a batch by its key: one flat table and one buffer, no allocation a row.
#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::sql_sink {

class KeyIndex {
 public:
  static constexpr std::int64_t kNone = -1;

  // Empties it and makes room for so many rows.
  void reset(std::size_t rows) {
    slots_.assign(std::bit_ceil(rows * 2 + 2), Slot{});
    bytes_.clear();
  }
  // Puts the row under the key and answers the row that stood there, or kNone.
  std::int64_t put(std::string_view key, std::int64_t row) {
    auto& slot = slot_of(key);
    const auto before = slot.row;
    if (before == kNone) {
      slot.from = bytes_.size();
      slot.size = key.size();
      bytes_ += key;
    }
    slot.row = row;
    return before;
  }
  std::int64_t find(std::string_view key) { return slot_of(key).row; }

 private:
  struct Slot {
    std::int64_t row = kNone;
    std::size_t from = 0, size = 0;
  };
  Slot& slot_of(std::string_view key) {
    const auto mask = slots_.size() - 1;
    for (auto i = std::hash<std::string_view>{}(key)&mask;; i = (i + 1) & mask) {
      auto& slot = slots_[i];
      if (slot.row == kNone || std::string_view(bytes_).substr(slot.from, slot.size) == key) return slot;
    }
  }
  std::vector<Slot> slots_{Slot{}, Slot{}};
  std::string bytes_;
};

}  // namespace sentinel::sql_sink
