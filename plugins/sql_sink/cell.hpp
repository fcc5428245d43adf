// One value between a batch and a column: may it be stored, how is it written, does it equal the stored one?
#pragma once

#include "sql_sink/target.hpp"

#include <sentinel/batch.hpp>

#include <deque>
#include <string>
#include <string_view>

namespace sentinel::sql_sink {

// Which values the database stores as they are, so that the sink need not refuse them.
struct CellRules {
  bool keeps_zero_bytes = false;  // in texts
  bool ignores_lengths = false;   // of VARCHAR(n) and the like
  bool keeps_infinity = false;    // and NaN
};

// Texts made for a statement; they stay where they are until clear().
class Scratch {
 public:
  static constexpr std::size_t kCellBytes = 64;
  // Room for one value; the caller gives back what it did not use by `keep`.
  char* room();
  std::string_view keep(std::size_t bytes);
  void clear();

 private:
  std::deque<std::string> blocks_;
  std::size_t block_ = 0, used_ = 0;
};

// Refuses what the column cannot hold or what the server would silently change. Errors: kInvalidData.
Status check_cell(const TargetColumn& column, const CellRules& rules, const ColumnView& values, std::int64_t row);

// The value as the database reads it: borrowed from the batch, or made in `scratch`. REQUIRES: not null, not kInt64 or
// kBool where as_integer() is meant.
std::string_view cell_text(const TargetColumn& column, const ColumnView& values, std::int64_t row, Scratch& scratch);

// True for types that are bound as integers where the dialect can.
inline bool is_integral(Type type) { return type == Type::kInt64 || type == Type::kBool; }
inline std::int64_t cell_integer(const ColumnView& values, std::int64_t row) {
  return values.type() == Type::kBool ? static_cast<std::int64_t>(values.boolean(row)) : values.int64(row);
}

// True if the database's text (REQUIRES: not NULL) is the same value as the batch's (REQUIRES: not null).
bool equals(const TargetColumn& column, const ColumnView& values, std::int64_t row, std::string_view stored);

// Appends the database's text as a value of the field: what equals() calls the same becomes the same value. False, and
// nothing appended, where the text is none of that type.
bool append_stored(ColumnBuilder& out, const TargetColumn& column, std::string_view stored);
// Appends the batch's value as the column would give it back. REQUIRES: not null.
void append_as_stored(ColumnBuilder& out, const TargetColumn& column, const ColumnView& values, std::int64_t row);

// Appends the value in a form in which equal keys are equal bytes. The second returns false if the text is not such a
// value.
void append_key(std::string& key, const TargetColumn& column, const ColumnView& values, std::int64_t row);
bool append_stored_key(std::string& key, const TargetColumn& column, std::string_view stored);

// <0, 0, >0: the batch's version against the stored one, or against another row's. Versions are int64, dates and
// timestamps.
int compare_version(const TargetColumn& column, const ColumnView& values, std::int64_t row, std::string_view stored);
int compare_version(const ColumnView& values, std::int64_t row, std::int64_t other);
bool is_comparable_version(Type type);

}  // namespace sentinel::sql_sink
