// Judges arrays, prints rows so that two can be compared, and counts who releases what.
#pragma once

#include <sentinel/batch.hpp>
#include <sentinel/text.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sentinel::testkit {

namespace detail {

inline std::string wrong_texts(const ColumnView& column, std::int64_t rows, const Field& field) {
  for (std::int64_t row = 0; row < rows; ++row) {
    if (column.is_null(row)) continue;
    if (field.type == Type::kUtf8 && !is_utf8(column.text(row))) return "row " + std::to_string(row) + " is no UTF-8";
  }
  return {};
}

// REQUIRES: the buffers are there, for offset + length rows.
inline std::string wrong_offsets(const ArrowArray& array, std::int64_t from, std::int64_t rows) {
  const auto* ends = static_cast<const std::int32_t*>(array.buffers[1]);
  if (rows > 0 && ends[from] < 0) return "an offset is negative";
  for (auto i = from; i < from + rows; ++i)
    if (ends[i + 1] < ends[i]) return "the offsets fall at row " + std::to_string(i - from);
  return {};
}

inline std::string wrong_column(const ArrowArray& array, const ArrowArray& parent, const Field& field) {
  const bool is_text = field.type == Type::kUtf8 || field.type == Type::kBinary;
  if (array.release == nullptr) return "has been released";
  if (array.n_buffers != (is_text ? 3 : 2)) return "has " + std::to_string(array.n_buffers) + " buffers";
  if (array.offset < 0 || array.length < parent.offset + parent.length)
    return "has " + std::to_string(array.length) + " rows, and the batch " +
           std::to_string(parent.offset + parent.length);
  if (array.null_count < -1 || array.null_count > array.length) return "has an impossible null count";
  if (array.null_count > 0 && array.buffers[0] == nullptr) return "has nulls without a validity buffer";
  if (parent.length > 0 && array.buffers[1] == nullptr) return "has no buffer of values";
  if (parent.length == 0) return {};
  const ColumnView column(&array, parent.offset, field.type, field.scale);
  std::int64_t nulls = 0;
  for (std::int64_t row = 0; row < parent.length; ++row) nulls += column.is_null(row) ? 1 : 0;
  if (nulls > 0 && !field.is_nullable) return "has a null, and the schema says that it never has";
  if (array.null_count >= 0 && array.offset == 0 && array.length == parent.length && array.null_count != nulls)
    return "has " + std::to_string(nulls) + " nulls, and counts " + std::to_string(array.null_count);
  if (!is_text) return {};
  auto wrong = wrong_offsets(array, array.offset + parent.offset, parent.length);
  return wrong.empty() ? wrong_texts(column, parent.length, field) : wrong;
}

}  // namespace detail

// What is wrong with a batch, as far as its structs can show; empty for a good one. Buffers that are shorter than they
// should be only a sanitizer finds.
inline std::string wrong_array(const ArrowArray& array, const Schema& schema) {
  if (array.release == nullptr) return "the array has no release call";
  if (array.length < 0 || array.offset < 0) return "the array has a negative length or offset";
  if (array.n_children != static_cast<std::int64_t>(schema.size()))
    return "the array has " + std::to_string(array.n_children) + " columns, and the schema " +
           std::to_string(schema.size());
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const auto wrong = detail::wrong_column(*array.children[i], array, schema[i]);
    if (!wrong.empty()) return "column \"" + schema[i].name + "\" " + wrong;
  }
  return {};
}

// One value, so that equal values have equal texts.
inline std::string value_text(const ColumnView& column, std::int64_t row) {
  if (column.is_null(row)) return "null";
  switch (column.type()) {
    case Type::kBool: return column.boolean(row) ? "true" : "false";
    case Type::kFloat64: return std::to_string(column.float64(row));
    case Type::kDate: return std::to_string(column.date(row));
    case Type::kTimestamp: return std::to_string(column.timestamp(row));
    case Type::kDecimal: return column.decimal(row).to_string();
    case Type::kUtf8:
    case Type::kBinary: return "\"" + std::string(column.text(row)) + "\"";
    default: return std::to_string(column.int64(row));
  }
}
inline std::string row_text(const BatchView& rows, std::int64_t row) {
  std::string text;
  for (std::size_t i = 0; i < rows.schema().size(); ++i)
    text += (i == 0 ? "" : ", ") + rows.schema()[i].name + "=" + value_text(rows.column(i), row);
  return text;
}

// Counts the arrays of one batch and their releases; keeps their buffers alive until it dies.
class ReleaseWatch {
 public:
  ReleaseWatch() = default;
  ReleaseWatch(const ReleaseWatch&) = delete;
  ReleaseWatch& operator=(const ReleaseWatch&) = delete;
  // What nobody released goes now: the struct, which was wrapped last, before its columns.
  ~ReleaseWatch() {
    for (auto held = held_.rbegin(); held != held_.rend(); ++held)
      if ((*held)->releases == 0) (*held)->array.release(&(*held)->array);
  }
  // The batch behind release calls that are counted: one for the struct, one for each column.
  ArrowArray watch(Batch batch) {
    auto array = batch.release();
    for (std::int64_t i = 0; i < array.n_children; ++i) *array.children[i] = wrapped(*array.children[i]);
    return wrapped(array);
  }
  std::size_t alive() const {
    std::size_t count = 0;
    for (const auto& held : held_) count += held->releases == 0 ? 1 : 0;
    return count;
  }
  bool was_released_twice() const {
    for (const auto& held : held_)
      if (held->releases > 1) return true;
    return false;
  }

 private:
  struct Held {
    ArrowArray array{};
    int releases = 0;
  };
  static void release(ArrowArray* array) {
    auto& held = *static_cast<Held*>(array->private_data);
    if (++held.releases == 1) held.array.release(&held.array);
    array->release = nullptr;
  }
  ArrowArray wrapped(const ArrowArray& array) {
    auto& held = *held_.emplace_back(std::make_unique<Held>());
    held.array = array;
    auto copy = array;
    copy.private_data = &held;
    copy.release = release;
    return copy;
  }
  std::vector<std::unique_ptr<Held>> held_;
};

}  // namespace sentinel::testkit
