// Records in columns: Batch owns an Arrow array, BatchView reads one, BatchBuilder makes one.
//
// A batch is moved, never copied: whoever holds it releases it, on any thread. A view borrows and is as cheap as a
// pointer.
//
// A builder checks each value against its field, in every build: what no field can hold does not compile, and what this
// field cannot hold is a fault that names the field, its type and what it was given. Nothing is converted. The first
// fault is kept and goes along with the batch, which then has no rows; the boundary answers it as kInternal.
#pragma once

#include <sentinel/decimal.hpp>
#include <sentinel/schema.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
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

// Reads a batch: a struct array and its schema. Borrows both, and the fault where there is one.
class BatchView {
 public:
  BatchView(const ArrowArray& array, const Schema& schema, const Status* fault = nullptr)
      : array_(&array), schema_(&schema), fault_(fault) {}
  std::int64_t rows() const { return array_->length; }
  // That of the Batch it views; ok for a bare array.
  Status fault() const { return fault_ == nullptr ? Status() : *fault_; }
  const Schema& schema() const { return *schema_; }
  ColumnView column(std::size_t i) const {
    return {array_->children[i], array_->offset, (*schema_)[i].type, (*schema_)[i].scale};
  }
  const ArrowArray& array() const { return *array_; }

 private:
  const ArrowArray* array_;
  const Schema* schema_;
  const Status* fault_;
};

// Owns an ArrowArray: released when the batch dies, unless given away by release(). May be empty (no array at all).
class Batch {
 public:
  Batch() = default;
  explicit Batch(ArrowArray array) : array_(array) {}
  // An array that stands for one that could not be built; `fault` says why.
  Batch(ArrowArray array, Status fault) : array_(array), fault_(std::move(fault)) {}
  Batch(Batch&& other) noexcept : array_(other.release()), fault_(std::move(other.fault_)) {}
  Batch& operator=(Batch&& other) noexcept {
    if (this != &other) {
      reset();
      array_ = other.release();
      fault_ = std::move(other.fault_);
    }
    return *this;
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch() { reset(); }

  bool has_array() const { return array_.release != nullptr; }
  // Not ok where the builder was given what its field cannot hold: kInternal. The batch then has no rows.
  const Status& fault() const { return fault_; }
  std::int64_t rows() const { return array_.length; }
  const ArrowArray& array() const { return array_; }
  BatchView view(const Schema& schema) const { return {array_, schema, &fault_}; }
  // Gives the array away; the batch is empty afterwards. Look at fault() first.
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
  Status fault_;
};

namespace detail {

template <class T>
struct WithoutOptional {
  using type = T;
};
template <class T>
struct WithoutOptional<std::optional<T>> {
  using type = T;
};

template <class T>
inline constexpr bool kIsCharacter =
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char8_t> ||
    std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;
template <class T>
inline constexpr bool kIsNull = std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, std::nullopt_t>;
template <class T>
inline constexpr bool kIsInteger =
    std::integral<T> && !kIsCharacter<T> && !std::is_same_v<T, bool> && sizeof(T) <= sizeof(std::int64_t);

// An integer type of which every value is one of To, too.
template <class T, class To>
concept WidensTo = kIsInteger<T> &&
    std::in_range<To>(std::numeric_limits<T>::min()) && std::in_range<To>(std::numeric_limits<T>::max());

template <class T>
concept PlainValue = std::is_same_v<T, bool> || kIsInteger<T> || std::is_same_v<T, double> ||
    std::is_same_v<T, Decimal> ||(std::convertible_to<const T&, std::string_view> && !kIsNull<T>);

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
  Status fault;  // the first one of this column

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

// A value that some field can hold: bool, an integer of at most 64 bits, double, Decimal, text; an optional of one of
// these; nullptr and nullopt. Not char (a text or a number?), not float (write double), not enumerators, no pointers
// but const char*.
template <class T>
concept FieldValue = detail::kIsNull<T> || detail::PlainValue<typename detail::WithoutOptional<T>::type>;

namespace detail {

inline Batch assemble_unchecked(std::int64_t rows, std::vector<ArrowArray> columns, Status fault) {
  auto holder = std::make_unique<StructHolder>();
  holder->children = std::move(columns);
  for (auto& child : holder->children) holder->pointers.push_back(&child);
  ArrowArray array{};
  array.length = rows;
  array.n_buffers = 1;
  array.buffers = holder->buffers;
  array.n_children = static_cast<std::int64_t>(holder->pointers.size());
  array.children = holder->pointers.data();
  array.release = release_struct;
  array.private_data = holder.release();
  return Batch(array, std::move(fault));
}

// What is wrong with a column of a batch of `rows` rows: what its builder was given, or how many values it has.
inline Status column_fault(const ArrowArray& column, std::int64_t rows, std::size_t at) {
  if (column.release == release_column) {
    const auto& fault = static_cast<const ColumnHolder*>(column.private_data)->fault;
    if (!fault.ok()) return fault;
  }
  if (column.length >= rows) return {};
  return internal_error("column " + std::to_string(at) + " has " + std::to_string(column.length) +
                        " values in a batch of " + std::to_string(rows) + " rows");
}

}  // namespace detail

// Puts columns (each with its own release) together to a batch of `rows` rows. A column that was given what its field
// cannot hold, or that has too few values, makes a batch without rows that carries the fault. `fault`: what is known to
// be wrong already, such as the fault of the batch that the columns are taken or lent from.
inline Batch assemble(std::int64_t rows, std::vector<ArrowArray> columns, Status fault = {}) {
  for (std::size_t i = 0; i < columns.size() && fault.ok(); ++i) fault = detail::column_fault(columns[i], rows, i);
  const auto kept = fault.ok() ? rows : 0;
  return detail::assemble_unchecked(kept, std::move(columns), std::move(fault));
}

// Builds one column value by value. A value that the field cannot hold (another type, another scale, a null where none
// may be, too large) is kept as fault(), and a placeholder keeps the rows of the columns together.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(const Field& field) : field_(field), type_(field.type) { reset(); }

  void append_null() {
    if (!field_.is_nullable) note("a null");
    append_placeholder();
  }
  // Keeps this column as long as the others for a row that is left out of the batch afterwards.
  void append_placeholder() {
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
  // Each of these takes its own type alone, and an integer also a type that widens without loss: nothing is converted.
  template <std::same_as<bool> T>
  void append_bool(T value) {
    if (type_ != Type::kBool) return refuse("a bool");
    push_bit(value);
    holder_->push_valid(true);
  }
  template <detail::WidensTo<std::int64_t> T>
  void append_int64(T value) {  // also microseconds of kTimestamp
    if (type_ != Type::kInt64 && type_ != Type::kTimestamp) return refuse("an integer");
    holder_->push_value(std::int64_t{value});
    holder_->push_valid(true);
  }
  template <std::same_as<double> T>
  void append_float64(T value) {
    if (type_ != Type::kFloat64) return refuse("a double");
    holder_->push_value(value);
    holder_->push_valid(true);
  }
  template <detail::WidensTo<std::int32_t> T>
  void append_date(T days) {
    if (type_ != Type::kDate) return refuse("a date");
    holder_->push_value(std::int32_t{days});
    holder_->push_valid(true);
  }
  // At the field's scale.
  template <std::same_as<int128> T>
  void append_decimal(T unscaled) {
    if (type_ != Type::kDecimal) return refuse("a decimal");
    holder_->push_value(unscaled);
    holder_->push_valid(true);
  }
  // Nothing is rescaled: Decimal::rescaled does that, and says where digits would be lost.
  template <std::same_as<Decimal> T>
  void append_decimal(const T& value) {
    if (type_ == Type::kDecimal && value.scale != field_.scale)
      return refuse("a decimal of scale " + std::to_string(value.scale));
    append_decimal(value.unscaled);
  }
  // REQUIRES: UTF-8 if kUtf8.
  void append_text(std::string_view text) {
    if (!is_text()) return refuse("a text");
    if (text.size() > kMostBytes - holder_->bytes.size()) return refuse("more than 2 GiB of text");
    holder_->bytes.insert(holder_->bytes.end(), text.begin(), text.end());
    push_end();
    holder_->push_valid(true);
  }
  // Copies a value, or a null, of a column of the same type and scale.
  void append_from(const ColumnView& from, std::int64_t row) {
    if (from.type() != type_) return refuse("a value of a column of type " + std::string(to_string(from.type())));
    if (from.is_null(row)) return append_null();
    switch (type_) {
      case Type::kBool: return append_bool(from.boolean(row));
      case Type::kDate: return append_date(from.date(row));
      case Type::kUtf8:
      case Type::kBinary: return append_text(from.text(row));
      case Type::kFloat64: return append_float64(from.float64(row));
      case Type::kDecimal: return append_decimal(from.decimal(row));
      default: return append_int64(from.int64(row));
    }
  }

  // The value as what it is: an integer is a number, a time or a day, as the field has it; nothing becomes a double,
  // and no double anything else.
  template <FieldValue T>
  void append(const T& value) {
    using Plain = typename detail::WithoutOptional<T>::type;
    if constexpr (detail::kIsNull<T>)
      append_null();
    else if constexpr (!std::is_same_v<T, Plain>)
      value.has_value() ? append(*value) : append_null();
    else if constexpr (std::is_same_v<T, bool>)
      append_bool(value);
    else if constexpr (std::is_same_v<T, Decimal>)
      append_decimal(value);
    else if constexpr (detail::kIsInteger<T>)
      append_integer(value);
    else if constexpr (std::is_same_v<T, double>)
      append_float64(value);
    else if constexpr (std::is_pointer_v<T>)
      value == nullptr ? refuse("a null pointer for a text") : append_text(std::string_view(value));
    else
      append_text(std::string_view(value));
  }

  Type type() const { return type_; }
  std::int64_t size() const { return holder_->length; }
  std::int64_t bytes() const { return static_cast<std::int64_t>(holder_->values.size() + holder_->bytes.size()); }
  // The first value that the field cannot hold: kInternal, with the field, its type, what it was given and the row.
  const Status& fault() const { return holder_->fault; }

  // The column with its own release; the builder starts anew. assemble() finds the fault in it; anybody else is given a
  // column without buffers in its place.
  ArrowArray finish() {
    auto& h = *holder_;
    ArrowArray array{};
    array.length = h.length;
    array.null_count = h.nulls;
    static constexpr std::uint8_t kNothing[16] = {};  // a buffer of no bytes still needs an address
    h.buffers[0] = h.nulls > 0 ? h.validity.data() : nullptr;
    h.buffers[1] = h.values.empty() ? kNothing : h.values.data();
    h.buffers[2] = !is_text() ? nullptr : h.bytes.empty() ? static_cast<const void*>(kNothing) : h.bytes.data();
    array.n_buffers = !h.fault.ok() ? 0 : is_text() ? 3 : 2;
    array.buffers = h.buffers;
    array.release = detail::release_column;
    array.private_data = holder_.release();
    reset();
    return array;
  }

 private:
  static constexpr std::size_t kMostBytes = std::numeric_limits<std::int32_t>::max();

  bool is_text() const { return type_ == Type::kUtf8 || type_ == Type::kBinary; }
  template <class T>
  void append_integer(T value) {
    if (type_ == Type::kDate)
      std::in_range<std::int32_t>(value) ? append_date(static_cast<std::int32_t>(value))
                                         : refuse("an integer outside the range of dates");
    else if (!std::in_range<std::int64_t>(value))
      refuse("an integer above the largest int64");
    else
      append_int64(static_cast<std::int64_t>(value));
  }
  // Out of line, so that an append pays nothing for the message.
  [[gnu::cold, gnu::noinline]] void refuse(const char* given) { refuse(std::string_view(given)); }
  [[gnu::cold, gnu::noinline]] void refuse(std::string_view given) {
    note(given);
    append_placeholder();
  }
  [[gnu::cold, gnu::noinline]] void note(std::string_view given) {
    if (!holder_->fault.ok()) return;
    holder_->fault = internal_error("field \"" + field_.name + "\" (" + field_.type_text() +
                                    (field_.is_nullable ? "" : ", never null") + ") was given " + std::string(given) +
                                    " at row " + std::to_string(holder_->length) + " of the batch");
  }
  void reset() {
    holder_ = std::make_unique<detail::ColumnHolder>();
    if (is_text()) holder_->push_value<std::int32_t>(0);
  }
  void push_bit(bool value) {
    const auto at = static_cast<std::size_t>(holder_->length >> 3);
    if (at >= holder_->values.size()) holder_->values.resize(at + 1, 0);
    if (value) holder_->values[at] = static_cast<std::uint8_t>(holder_->values[at] | (1u << (holder_->length & 7)));
  }
  void push_end() { holder_->push_value(static_cast<std::int32_t>(holder_->bytes.size())); }

  std::unique_ptr<detail::ColumnHolder> holder_;
  Field field_;
  Type type_;
};

// Builds a batch record by record (append) or column by column (column(i)). All columns must end equally long.
class BatchBuilder {
 public:
  explicit BatchBuilder(const Schema& schema) {
    columns_.reserve(schema.size());
    for (const auto& field : schema) columns_.emplace_back(field);
  }
  // One record: a value for each field, in order; nullptr or an empty optional for null. Another number of values is a
  // fault of the batch, and adds no record.
  template <FieldValue... Values>
  void append(const Values&... values) {
    if (sizeof...(values) != columns_.size()) return note_count(sizeof...(values));
    std::size_t i = 0;
    (columns_[i++].append(values), ...);
  }
  // Throws std::out_of_range where there is no such field.
  ColumnBuilder& column(std::size_t i) {
    if (i >= columns_.size())
      throw std::out_of_range("column " + std::to_string(i) + " of a batch of " + std::to_string(columns_.size()) +
                              " fields");
    return columns_[i];
  }
  std::int64_t rows() const { return columns_.empty() ? 0 : columns_[0].size(); }
  std::int64_t bytes() const {
    std::int64_t sum = 0;
    for (const auto& column : columns_) sum += column.bytes();
    return sum;
  }
  // Ok while every value fitted its field.
  const Status& fault() const {
    for (const auto& column : columns_)
      if (!column.fault().ok()) return column.fault();
    return fault_;
  }
  // The batch; the builder starts anew. After a fault it has no rows and carries the fault, which the boundary answers
  // in place of the batch.
  Batch finish() {
    auto fault = this->fault();
    const auto count = rows();
    for (std::size_t i = 0; i < columns_.size() && fault.ok(); ++i)
      if (columns_[i].size() != count)
        fault =
            internal_error("column " + std::to_string(i) + " of the batch has " + std::to_string(columns_[i].size()) +
                           " values, and column 0 has " + std::to_string(count));
    fault_ = Status();
    const auto kept = fault.ok() ? count : 0;
    std::vector<ArrowArray> arrays;
    arrays.reserve(columns_.size());
    for (auto& column : columns_) arrays.push_back(column.finish());
    return detail::assemble_unchecked(kept, std::move(arrays), std::move(fault));
  }

 private:
  void note_count(std::size_t values) {
    if (fault_.ok())
      fault_ = internal_error("record " + std::to_string(rows()) + " of the batch was given " + std::to_string(values) +
                              " values for " + std::to_string(columns_.size()) + " fields");
  }

  std::vector<ColumnBuilder> columns_;
  Status fault_;
};

// A new batch of the given rows of `view`, in the order of `rows`. Of a batch with a fault: no rows, and that fault.
inline Batch select_rows(const BatchView& view, std::span<const std::int64_t> rows) {
  BatchBuilder builder(view.schema());
  if (auto fault = view.fault(); !fault.ok()) {
    auto none = builder.finish();
    return Batch(none.release(), std::move(fault));
  }
  for (std::size_t i = 0; i < view.schema().size(); ++i) {
    const auto from = view.column(i);
    for (const auto row : rows) builder.column(i).append_from(from, row);
  }
  if (!view.schema().size()) return assemble(static_cast<std::int64_t>(rows.size()), {});
  return builder.finish();
}

}  // namespace sentinel
