// Records in columns: Batch owns an Arrow array, BatchView reads one, BatchBuilder makes one.
//
// A batch is moved, never copied: whoever holds it releases it, on any thread. A view borrows and is as cheap as a
// pointer.
#pragma once

#include <sentinel/decimal.hpp>
#include <sentinel/schema.hpp>

#include <array>
#include <cassert>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sentinel {

// Reads one column. Any offset and an absent validity buffer are honoured. REQUIRES of every accessor: the column has
// that type, row < the batch's rows, and !is_null(row).
class ColumnView {
 public:
  ColumnView(const ArrowArray* array, std::int64_t base, Type type, int scale)
      : offset_(base + array->offset), type_(type), scale_(scale) {
    for (std::size_t i = 0; i < buffers_.size() && static_cast<std::int64_t>(i) < array->n_buffers; ++i)
      buffers_[i] = static_cast<const std::uint8_t*>(array->buffers[i]);
    if (array->null_count == 0) buffers_[0] = nullptr;
  }
  Type type() const { return type_; }
  bool is_null(std::int64_t row) const { return buffers_[0] != nullptr && !bit(buffers_[0], row); }
  bool boolean(std::int64_t row) const { return bit(buffers_[1], row); }
  std::int64_t int64(std::int64_t row) const { return at<std::int64_t>(row); }  // kInt64
  double float64(std::int64_t row) const { return at<double>(row); }
  std::int32_t date(std::int64_t row) const { return at<std::int32_t>(row); }       // days since the epoch
  std::int64_t timestamp(std::int64_t row) const { return at<std::int64_t>(row); }  // microseconds since the epoch, UTC
  Decimal decimal(std::int64_t row) const { return {at<int128>(row), scale_}; }
  // The bytes of a kUtf8 or kBinary value; they live as long as the batch.
  std::string_view text(std::int64_t row) const {
    const auto from = at<std::int32_t>(row), to = at<std::int32_t>(row + 1);
    return {reinterpret_cast<const char*>(buffers_[2]) + from, static_cast<std::size_t>(to - from)};
  }

 private:
  bool bit(const std::uint8_t* bits, std::int64_t row) const {
    const auto i = offset_ + row;
    return (bits[i >> 3] >> (i & 7)) & 1;
  }
  template <class T>
  T at(std::int64_t row) const {
    T value;
    std::memcpy(&value, buffers_[1] + static_cast<std::size_t>(offset_ + row) * sizeof(T), sizeof(T));
    return value;
  }
  std::array<const std::uint8_t*, 3> buffers_{};
  std::int64_t offset_;
  Type type_;
  int scale_;
};

// Reads a batch: a struct array and its schema. Borrows both.
class BatchView {
 public:
  BatchView(const ArrowArray& array, const Schema& schema) : array_(&array), schema_(&schema) {}
  std::int64_t rows() const { return array_->length; }
  const Schema& schema() const { return *schema_; }
  ColumnView column(std::size_t i) const {
    return {array_->children[i], array_->offset, (*schema_)[i].type, (*schema_)[i].scale};
  }
  const ArrowArray& array() const { return *array_; }

 private:
  const ArrowArray* array_;
  const Schema* schema_;
};

// Owns an ArrowArray: released when the batch dies, unless given away by release(). May be empty (no array at all).
class Batch {
 public:
  Batch() = default;
  explicit Batch(ArrowArray array) : array_(array) {}
  Batch(Batch&& other) noexcept : array_(std::exchange(other.array_, ArrowArray{})) {}
  Batch& operator=(Batch&& other) noexcept {
    if (this != &other) {
      reset();
      array_ = std::exchange(other.array_, ArrowArray{});
    }
    return *this;
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch() { reset(); }

  bool has_array() const { return array_.release != nullptr; }
  std::int64_t rows() const { return array_.length; }
  const ArrowArray& array() const { return array_; }
  BatchView view(const Schema& schema) const { return {array_, schema}; }
  // Gives the array away; the batch is empty afterwards.
  ArrowArray release() { return std::exchange(array_, ArrowArray{}); }
  // Takes column i out, with its own release. Take each column at most once, then let the batch die.
  // A struct offset is folded into the column, so that the result stands alone.
  ArrowArray take_column(std::size_t i) {
    auto& child = *array_.children[i];
    auto column = std::exchange(child, ArrowArray{});
    column.offset += array_.offset;
    column.length = array_.length;
    if (array_.offset != 0 && column.null_count > 0) column.null_count = -1;
    return column;
  }

 private:
  void reset() {
    if (array_.release != nullptr) array_.release(&array_);
    array_ = ArrowArray{};
  }
  ArrowArray array_{};
};

namespace detail {

struct StructHolder {
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
  const void* buffers[1] = {nullptr};
};

inline void release_struct(ArrowArray* array) {
  auto* holder = static_cast<StructHolder*>(array->private_data);
  for (auto& child : holder->children)
    if (child.release != nullptr) child.release(&child);
  delete holder;
  array->release = nullptr;
}

// The buffers of one column; grows while building and dies with the array made of it.
struct ColumnHolder {
  std::vector<std::uint8_t> validity, values;
  std::vector<char> bytes;
  std::int64_t length = 0, nulls = 0;
  const void* buffers[3] = {nullptr, nullptr, nullptr};

  void push_valid(bool valid) {
    if (!valid && nulls == 0) {  // the bitmap starts with the first null
      validity.assign(static_cast<std::size_t>(length / 8 + 1), 0xFF);
    }
    if (!valid) ++nulls;
    if (nulls > 0) {
      const auto at = static_cast<std::size_t>(length >> 3);
      if (at >= validity.size()) validity.resize(at + 1, 0);
      const auto mask = static_cast<std::uint8_t>(1u << (length & 7));
      validity[at] = static_cast<std::uint8_t>(valid ? validity[at] | mask : validity[at] & ~mask);
    }
    ++length;
  }
  template <class T>
  void push_value(T value) {
    const auto at = values.size();
    values.resize(at + sizeof(T));
    std::memcpy(values.data() + at, &value, sizeof(T));
  }
};

inline void release_column(ArrowArray* array) {
  delete static_cast<ColumnHolder*>(array->private_data);
  array->release = nullptr;
}

}  // namespace detail

// Puts columns (each with its own release) together to a batch of `rows` rows.
inline Batch assemble(std::int64_t rows, std::vector<ArrowArray> columns) {
  auto holder = std::make_unique<detail::StructHolder>();
  holder->children = std::move(columns);
  for (auto& child : holder->children) holder->pointers.push_back(&child);
  ArrowArray array{};
  array.length = rows;
  array.n_buffers = 1;
  array.buffers = holder->buffers;
  array.n_children = static_cast<std::int64_t>(holder->pointers.size());
  array.children = holder->pointers.data();
  array.release = detail::release_struct;
  array.private_data = holder.release();
  return Batch(array);
}

// Builds one column value by value.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(const Field& field) : type_(field.type), scale_(field.scale) { reset(); }

  void append_null() {
    switch (type_) {
      case Type::kBool: push_bit(false); break;
      case Type::kDate: holder_->push_value<std::int32_t>(0); break;
      case Type::kUtf8:
      case Type::kBinary: push_end(); break;
      case Type::kDecimal: holder_->push_value<int128>(0); break;
      default: holder_->push_value<std::int64_t>(0);
    }
    holder_->push_valid(false);
  }
  // REQUIRES of each: the column has that type; of append_text: UTF-8 if kUtf8, and the column stays below 2 GiB.
  void append_bool(bool value) {
    push_bit(value);
    holder_->push_valid(true);
  }
  void append_int64(std::int64_t value) {
    holder_->push_value(value);
    holder_->push_valid(true);
  }  // also kTimestamp
  void append_float64(double value) {
    holder_->push_value(value);
    holder_->push_valid(true);
  }
  void append_date(std::int32_t days) {
    holder_->push_value(days);
    holder_->push_valid(true);
  }
  void append_decimal(int128 unscaled) {
    holder_->push_value(unscaled);
    holder_->push_valid(true);
  }  // at the field's scale
  void append_text(std::string_view text) {
    holder_->bytes.insert(holder_->bytes.end(), text.begin(), text.end());
    push_end();
    holder_->push_valid(true);
  }
  // Copies a value, or a null, of a column of the same type and scale.
  void append_from(const ColumnView& from, std::int64_t row) {
    if (from.is_null(row)) return append_null();
    switch (type_) {
      case Type::kBool: return append_bool(from.boolean(row));
      case Type::kDate: return append_date(from.date(row));
      case Type::kUtf8:
      case Type::kBinary: return append_text(from.text(row));
      case Type::kFloat64: return append_float64(from.float64(row));
      case Type::kDecimal: return append_decimal(from.decimal(row).unscaled);
      default: return append_int64(from.int64(row));
    }
  }

  template <class T>
  void append(const T& value) {
    if constexpr (std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, std::nullopt_t>)
      append_null();
    else if constexpr (requires {
                         value.has_value();
                         *value;
                       }) {
      if (value.has_value())
        append(*value);
      else
        append_null();
    } else if constexpr (std::is_same_v<T, bool>)
      append_bool(value);
    else if constexpr (std::is_same_v<T, Decimal>) {
      assert(value.scale == scale_);
      append_decimal(value.unscaled);
    } else if constexpr (std::integral<T>)
      type_ == Type::kDate ? append_date(static_cast<std::int32_t>(value))
                           : append_int64(static_cast<std::int64_t>(value));
    else if constexpr (std::floating_point<T>)
      append_float64(value);
    else
      append_text(std::string_view(value));
  }

  Type type() const { return type_; }
  std::int64_t size() const { return holder_->length; }
  std::int64_t bytes() const { return static_cast<std::int64_t>(holder_->values.size() + holder_->bytes.size()); }

  // The column with its own release; the builder starts anew.
  ArrowArray finish() {
    auto& h = *holder_;
    ArrowArray array{};
    array.length = h.length;
    array.null_count = h.nulls;
    const bool variable = type_ == Type::kUtf8 || type_ == Type::kBinary;
    static constexpr std::uint8_t kNothing[16] = {};  // a buffer of no bytes still needs an address
    h.buffers[0] = h.nulls > 0 ? h.validity.data() : nullptr;
    h.buffers[1] = h.values.empty() ? kNothing : h.values.data();
    h.buffers[2] = !variable ? nullptr : h.bytes.empty() ? static_cast<const void*>(kNothing) : h.bytes.data();
    array.n_buffers = variable ? 3 : 2;
    array.buffers = h.buffers;
    array.release = detail::release_column;
    array.private_data = holder_.release();
    reset();
    return array;
  }

 private:
  void reset() {
    holder_ = std::make_unique<detail::ColumnHolder>();
    if (type_ == Type::kUtf8 || type_ == Type::kBinary) holder_->push_value<std::int32_t>(0);
  }
  void push_bit(bool value) {
    const auto at = static_cast<std::size_t>(holder_->length >> 3);
    if (at >= holder_->values.size()) holder_->values.resize(at + 1, 0);
    if (value) holder_->values[at] = static_cast<std::uint8_t>(holder_->values[at] | (1u << (holder_->length & 7)));
  }
  void push_end() { holder_->push_value(static_cast<std::int32_t>(holder_->bytes.size())); }

  std::unique_ptr<detail::ColumnHolder> holder_;
  Type type_;
  [[maybe_unused]] int scale_;  // what append(Decimal) asserts
};

// Builds a batch record by record (append) or column by column (column(i)). All columns must end equally long.
class BatchBuilder {
 public:
  explicit BatchBuilder(const Schema& schema) {
    columns_.reserve(schema.size());
    for (const auto& field : schema) columns_.emplace_back(field);
  }
  // One record: a value for each field, in order; nullptr or an empty optional for null.
  template <class... Values>
  void append(const Values&... values) {
    assert(sizeof...(values) == columns_.size());
    std::size_t i = 0;
    (columns_[i++].append(values), ...);
  }
  ColumnBuilder& column(std::size_t i) { return columns_[i]; }
  std::int64_t rows() const { return columns_.empty() ? 0 : columns_[0].size(); }
  std::int64_t bytes() const {
    std::int64_t sum = 0;
    for (const auto& column : columns_) sum += column.bytes();
    return sum;
  }
  Batch finish() {
    const auto count = rows();
    std::vector<ArrowArray> arrays;
    arrays.reserve(columns_.size());
    for (auto& column : columns_) {
      assert(column.size() == count);
      arrays.push_back(column.finish());
    }
    return assemble(count, std::move(arrays));
  }

 private:
  std::vector<ColumnBuilder> columns_;
};

// A new batch of the given rows of `view`, in the order of `rows`.
inline Batch select_rows(const BatchView& view, std::span<const std::int64_t> rows) {
  BatchBuilder builder(view.schema());
  for (std::size_t i = 0; i < view.schema().size(); ++i) {
    const auto from = view.column(i);
    for (const auto row : rows) builder.column(i).append_from(from, row);
  }
  if (!view.schema().size()) return assemble(static_cast<std::int64_t>(rows.size()), {});
  return builder.finish();
}

}  // namespace sentinel
