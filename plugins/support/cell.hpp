// One value on its way from the text that a database printed into a typed column, exact or refused.
#pragma once

#include <sentinel/batch.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sentinel::support {

// A record larger than this becomes a dead letter that keeps its first bytes only.
inline constexpr std::size_t kMaxRecordBytes = 8u << 20;
inline constexpr std::size_t kMaxRawBytes = 64u << 10;

// A value parsed but not yet in its column: a record goes into the batch only when all of its cells are good.
struct Cell {
  bool is_null = true;
  std::int64_t integer = 0;  // kInt64, kTimestamp, kDate, kBool
  double number = 0;         // kFloat64
  int128 unscaled = 0;       // kDecimal
  std::string_view text;     // kUtf8, kBinary; borrowed
};

// Parses `text` as a value of `field`; nothing is null. A zero date is null where the field may be null. Errors:
// kInvalidData, naming the field and what it should be, never the value.
Result<Cell> parse_cell(const Field& field, std::optional<std::string_view> text);

// The value as the engine prints that of a key. REQUIRES: it is neither null nor bytes.
std::string cell_text(const Field& field, const Cell& cell);

void append_cell(ColumnBuilder& column, const Cell& cell);

// The record as it was found, one "name: value" line a field, cut at kMaxRawBytes: what a dead letter shows of a record
// that could not become a row.
std::string raw_record(const Schema& schema, std::span<const std::optional<std::string_view>> values);

}  // namespace sentinel::support
