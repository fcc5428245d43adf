// Turns one value into another type; a value that does not fit exactly is refused, never rounded or guessed.
#pragma once

#include "map_transform/options.hpp"

#include <sentinel/batch.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace sentinel::map_transform {

// What a value becomes.
struct CastTo {
  CastType type = CastType::kText;
  int precision = 0;  // of kDecimal
  int scale = 0;
  AmountOptions amount;  // of kMinorUnits
};

// The field that holds what `to` makes.
Field field_of(const CastTo& to, std::string name);
// The cast that leaves values of that type as they are. REQUIRES: not kFloat64 and not kBinary.
CastTo same_type(const Field& field);
// True if map offers that cast.
bool is_castable(Type from, CastType to);

// Appends what `text` says. Surrounding spaces do not count, except for kText. Errors: kInvalidData, domain "map"; then
// nothing was appended, and the message describes the text without holding it.
Status append_parsed(std::string_view text, const CastTo& to, ColumnBuilder& out);
// Any value as text: dates and timestamps in ISO 8601, booleans as true and false. Errors: kInvalidData for a date
// outside the years 0001 to 9999. REQUIRES: is_castable() to text, !from.is_null(row).
Result<std::string> text_of(const ColumnView& from, std::int64_t row);
// The same as append_parsed() for a value that is no text. REQUIRES: is_castable(), !from.is_null(row).
Status append_cast(const ColumnView& from, std::int64_t row, const CastTo& to, ColumnBuilder& out);

}  // namespace sentinel::map_transform
