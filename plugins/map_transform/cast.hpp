// Turns one value into another type; a value that does not fit exactly is rejected, never rounded or guessed.
#pragma once

#include "map_transform/options.hpp"

#include <sentinel/batch.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace sentinel::map_transform {

// The target of a cast.
struct CastTo {
  CastType type = CastType::kText;
  int precision = 0;  // of kDecimal
  int scale = 0;
  AmountOptions amount;  // of kMinorUnits
};

// The field that holds the result of `to`.
Field field_of(const CastTo& to, std::string name);
// The cast that keeps values of that type unchanged. REQUIRES: not kFloat64 and not kBinary.
CastTo same_type(const Field& field);
// True if map offers that cast.
bool is_castable(Type from, CastType to);

// Appends the value of `text`. Surrounding spaces are ignored, except for kText. Errors: kInvalidData, domain "map";
// then nothing was appended, and the message describes the text without holding it.
Status append_parsed(std::string_view text, const CastTo& to, ColumnBuilder& out);
// Any value as text: dates and timestamps in ISO 8601, booleans as true and false. Errors: kInvalidData for a date
// outside the years 0001 to 9999. REQUIRES: is_castable() to text, !from.is_null(row).
Result<std::string> text_of(const ColumnView& from, std::int64_t row);
// The same as append_parsed() for a value that is no text. REQUIRES: is_castable(), !from.is_null(row).
Status append_cast(const ColumnView& from, std::int64_t row, const CastTo& to, ColumnBuilder& out);

}  // namespace sentinel::map_transform
