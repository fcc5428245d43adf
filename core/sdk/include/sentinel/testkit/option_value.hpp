// Option values as a test writes them, in place of a pipeline file.
#pragma once

#include <sentinel/abi.h>
#include <sentinel/boundary.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sentinel::testkit {

// A tree: a map of options unless it was made from something else. Nothing checks it against the option table; that is
// the host's part. Durations are milliseconds, sizes bytes.
class OptionValue {
 public:
  OptionValue() : kind_(SENTINEL_VALUE_MAP) {}
  OptionValue(std::string text) : kind_(SENTINEL_VALUE_TEXT), text_(std::move(text)) {}
  OptionValue(const char* text) : OptionValue(std::string(text)) {}
  template <class T>
  requires std::is_arithmetic_v<T> OptionValue(T value) {
    if constexpr (std::is_floating_point_v<T>) {
      kind_ = SENTINEL_VALUE_NUMBER;
      number_ = static_cast<double>(value);
    } else {
      kind_ = std::is_same_v<T, bool> ? SENTINEL_VALUE_BOOLEAN : SENTINEL_VALUE_INTEGER;
      integer_ = static_cast<std::int64_t>(value);
    }
  }
  static OptionValue list(std::initializer_list<OptionValue> items) {
    OptionValue value;
    value.kind_ = SENTINEL_VALUE_LIST;
    value.items_ = items;
    return value;
  }
  static OptionValue copy_of(const sentinel_value& from) {
    OptionValue value;
    value.kind_ = from.kind;
    value.text_ = from_text(from.text);
    value.integer_ = from.integer;
    value.number_ = from.number;
    for (std::uint64_t i = 0; i < from.count; ++i) {
      if (from.kind == SENTINEL_VALUE_MAP) value.keys_.emplace_back(from_text(from.keys[i]));
      value.items_.push_back(copy_of(*from.items[i]));
    }
    return value;
  }

  // REQUIRES: a map. Adds the option or replaces its value; answers the map.
  OptionValue& set(const std::string& key, OptionValue value) {
    for (std::size_t i = 0; i < keys_.size(); ++i)
      if (keys_[i] == key) {
        items_[i] = std::move(value);
        return *this;
      }
    keys_.push_back(key);
    items_.push_back(std::move(value));
    return *this;
  }

  // As it crosses the boundary: borrowed until this tree changes or dies.
  const sentinel_value& lend() const {
    lent_keys_.clear();
    lent_items_.clear();
    for (const auto& key : keys_) lent_keys_.push_back(to_text(key));
    for (const auto& item : items_) lent_items_.push_back(&item.lend());
    lent_ = {sizeof lent_, kind_,         to_text(text_),    integer_,
             number_,      items_.size(), lent_keys_.data(), lent_items_.data()};
    return lent_;
  }

 private:
  std::int32_t kind_ = SENTINEL_VALUE_MAP;
  std::string text_;
  std::int64_t integer_ = 0;
  double number_ = 0;
  std::vector<std::string> keys_;
  std::vector<OptionValue> items_;
  mutable sentinel_value lent_{};
  mutable std::vector<sentinel_text> lent_keys_;
  mutable std::vector<const sentinel_value*> lent_items_;
};

}  // namespace sentinel::testkit
