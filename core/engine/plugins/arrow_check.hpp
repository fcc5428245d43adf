// Checks the Arrow structs of a plugin for what can be seen to be wrong, before anything reads through them.
#pragma once

#include <sentinel/schema.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sentinel::plugins {

// How the values of a column lie in memory.
enum class Layout {
  kBits,
  kInt8,
  kUInt8,
  kInt16,
  kUInt16,
  kInt32,
  kUInt32,
  kInt64,
  kFloat32,
  kFloat64,
  kText32,  // offsets of 32 bits
  kText64,  // offsets of 64 bits
  kDecimal128,
};

// One Arrow format: how it lies, and what it is after the boundary.
struct Wire {
  Layout layout = Layout::kInt64;
  Type type = Type::kInt64;
  int precision = 0, scale = 0;
  bool converts = false;  // the layout is not the one that Sentinel carries
};

// The formats that may cross; empty for any other.
std::optional<Wire> wire_of(std::string_view format);

// A run of values of a column, counted as the column's own `offset` counts.
struct Run {
  std::int64_t begin = 0, count = 0;
  std::int64_t end() const { return begin + count; }
};

// Bit `i` of a bitmap; a missing bitmap is all ones.
bool bit_at(const void* bitmap, std::int64_t i);
// The first null of the run, as a row from 0, or -1. `column` may say by null_count that it has none.
std::int64_t first_null(const ArrowArray& column, Run run);

// Checks the struct (batch, or column of it) but no value: counts, lengths, the number of buffers, released already.
Status check_shape(const ArrowArray& array, std::int64_t buffers, std::int64_t children, bool has_dictionary);
// Checks the column for `rows` values from `begin` on (counted from the column's first one): shape, buffers, and what
// the values themselves show (falling offsets, bad UTF-8, a decimal with too many digits, a null where none may be).
// Answers the run. Errors: kInternal without the field's name.
Result<Run> check_column(const ArrowArray& column, const Wire& wire, bool has_dictionary, bool is_nullable,
                         std::int64_t begin, std::int64_t rows);

}  // namespace sentinel::plugins
