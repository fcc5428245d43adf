// Checks the Arrow structs of a plugin from the outside in: shape, buffers, then the values in use.
#include "engine/plugins/arrow_check.hpp"

#include <sentinel/decimal.hpp>
#include <sentinel/text.hpp>

#include <cstring>
#include <utility>

namespace sentinel::plugins {
namespace {

constexpr std::int64_t kMost = std::int64_t{1}
                               << 48;  // no honest length or offset is larger; sums of two cannot overflow

template <class T>
T at(const void* buffer, std::int64_t i) {
  T value;
  std::memcpy(&value, static_cast<const char*>(buffer) + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
  return value;
}

bool is_text(Layout layout) { return layout == Layout::kText32 || layout == Layout::kText64; }

std::string number(std::int64_t value) { return std::to_string(value); }

// Offsets never fall and start at 0 or above; only the ones in use are looked at.
template <class Offset>
Status check_offsets(const ArrowArray& column, Run run) {
  const auto* offsets = column.buffers[1];
  auto former = at<Offset>(offsets, run.begin);
  if (former < 0) return internal_error("its first offset is " + number(former));
  for (auto i = run.begin + 1; i <= run.end(); ++i) {
    const auto next = at<Offset>(offsets, i);
    if (next < former)
      return internal_error("its offsets fall from " + number(former) + " to " + number(next) + " at row " +
                            number(i - 1 - run.begin));
    former = next;
  }
  if (former > kMost) return internal_error("its last offset is " + number(former));
  if (column.buffers[2] == nullptr && former > 0)
    return internal_error("its text buffer is null, though its offsets say " + number(former) + " bytes");
  return {};
}

// One pass over all bytes; only where that finds fault, value by value: what lies below a null may be anything.
template <class Offset>
Status check_utf8(const ArrowArray& column, Run run) {
  const auto* bytes = static_cast<const char*>(column.buffers[2]);
  const auto text = [&](std::int64_t from, std::int64_t to) {
    const auto begin = at<Offset>(column.buffers[1], from), end = at<Offset>(column.buffers[1], to);
    return begin == end ? std::string_view{} : std::string_view(bytes + begin, static_cast<std::size_t>(end - begin));
  };
  const auto all = text(run.begin, run.end());
  bool good = is_utf8(all);
  for (auto i = run.begin; good && i < run.end(); ++i) {
    const auto value = text(i, i + 1);
    good = value.empty() || (static_cast<unsigned char>(value.front()) & 0xC0) != 0x80;
  }
  if (good) return {};
  const auto* validity = column.null_count == 0 ? nullptr : column.buffers[0];
  for (auto i = run.begin; i < run.end(); ++i)
    if (bit_at(validity, i) && !is_utf8(text(i, i + 1)))
      return internal_error("its text in row " + number(i - run.begin) + " is not UTF-8; declare it as binary");
  return {};
}

Status check_decimals(const ArrowArray& column, Run run, int precision) {
  int128 limit = 1;
  for (int i = 0; i < precision; ++i) limit *= 10;
  const auto* validity = column.null_count == 0 ? nullptr : column.buffers[0];
  for (auto i = run.begin; i < run.end(); ++i) {
    const auto value = at<int128>(column.buffers[1], i);
    if ((value >= limit || value <= -limit) && bit_at(validity, i))
      return internal_error("its decimal in row " + number(i - run.begin) + " has more than the declared " +
                            number(precision) + " digits");
  }
  return {};
}

Status check_values(const ArrowArray& column, const Wire& wire, Run run) {
  switch (wire.layout) {
    case Layout::kText32:
      SENTINEL_TRY(check_offsets<std::int32_t>(column, run));
      return wire.type == Type::kUtf8 ? check_utf8<std::int32_t>(column, run) : Status{};
    case Layout::kText64:
      SENTINEL_TRY(check_offsets<std::int64_t>(column, run));
      return wire.type == Type::kUtf8 ? check_utf8<std::int64_t>(column, run) : Status{};
    case Layout::kDecimal128: return check_decimals(column, run, wire.precision);
    default: return {};
  }
}

Status check_nulls(const ArrowArray& column, Run run, bool is_nullable) {
  if (column.null_count > 0 && column.buffers[0] == nullptr)
    return internal_error("it declares " + number(column.null_count) + " nulls but has no validity buffer");
  if (column.null_count == 0 && column.buffers[0] != nullptr)
    for (auto i = run.begin; i < run.end(); ++i)
      if (!bit_at(column.buffers[0], i))
        return internal_error("it declares no nulls, but row " + number(i - run.begin) + " is null");
  if (is_nullable) return {};
  const auto row = first_null(column, run);
  if (row >= 0) return internal_error("it is null in row " + number(row) + ", though the schema says that it never is");
  return {};
}

}  // namespace

std::optional<Wire> wire_of(std::string_view format) {
  static constexpr std::pair<std::string_view, Wire> kWires[] = {
      {"b", {Layout::kBits, Type::kBool, 0, 0, false}},
      {"l", {Layout::kInt64, Type::kInt64, 0, 0, false}},
      {"g", {Layout::kFloat64, Type::kFloat64, 0, 0, false}},
      {"u", {Layout::kText32, Type::kUtf8, 0, 0, false}},
      {"z", {Layout::kText32, Type::kBinary, 0, 0, false}},
      {"tdD", {Layout::kInt32, Type::kDate, 0, 0, false}},
      {"tsu:UTC", {Layout::kInt64, Type::kTimestamp, 0, 0, false}},
      {"c", {Layout::kInt8, Type::kInt64, 0, 0, true}},
      {"C", {Layout::kUInt8, Type::kInt64, 0, 0, true}},
      {"s", {Layout::kInt16, Type::kInt64, 0, 0, true}},
      {"S", {Layout::kUInt16, Type::kInt64, 0, 0, true}},
      {"i", {Layout::kInt32, Type::kInt64, 0, 0, true}},
      {"I", {Layout::kUInt32, Type::kInt64, 0, 0, true}},
      {"f", {Layout::kFloat32, Type::kFloat64, 0, 0, true}},
      {"U", {Layout::kText64, Type::kUtf8, 0, 0, true}},
      {"Z", {Layout::kText64, Type::kBinary, 0, 0, true}},
  };
  for (const auto& [name, wire] : kWires)
    if (name == format) return wire;
  Wire decimal{Layout::kDecimal128, Type::kDecimal, 0, 0, false};
  if (detail::parse_decimal_format(format, decimal.precision, decimal.scale)) return decimal;
  return std::nullopt;
}

bool bit_at(const void* bitmap, std::int64_t i) {
  return bitmap == nullptr || ((static_cast<const std::uint8_t*>(bitmap)[i >> 3] >> (i & 7)) & 1) != 0;
}

std::int64_t first_null(const ArrowArray& column, Run run) {
  if (column.null_count == 0 || column.buffers[0] == nullptr) return -1;
  for (auto i = run.begin; i < run.end(); ++i)
    if (!bit_at(column.buffers[0], i)) return i - run.begin;
  return -1;
}

Status check_shape(const ArrowArray& array, std::int64_t buffers, std::int64_t children, bool has_dictionary) {
  if (array.release == nullptr) return internal_error("its array is already released");
  if (array.length < 0 || array.length > kMost) return internal_error("its length is " + number(array.length));
  if (array.offset < 0 || array.offset > kMost) return internal_error("its offset is " + number(array.offset));
  if (array.null_count < -1 || array.null_count > array.length)
    return internal_error("it declares " + number(array.null_count) + " nulls among " + number(array.length) +
                          " values");
  if (array.n_children != children || (children > 0 && array.children == nullptr))
    return internal_error("its array has " + number(array.n_children) + " children where the schema has " +
                          number(children));
  if (array.n_buffers != buffers || array.buffers == nullptr)
    return internal_error("its array has " + number(array.buffers == nullptr ? 0 : array.n_buffers) +
                          " buffers where its type has " + number(buffers));
  if (has_dictionary != (array.dictionary != nullptr))
    return internal_error(has_dictionary ? "its dictionary is missing"
                                         : "it has a dictionary that its schema does not declare");
  return {};
}

Result<Run> check_column(const ArrowArray& column, const Wire& wire, bool has_dictionary, bool is_nullable,
                         std::int64_t begin, std::int64_t rows) {
  SENTINEL_TRY(check_shape(column, is_text(wire.layout) ? 3 : 2, 0, has_dictionary));
  if (column.length < begin + rows)
    return internal_error("it holds " + number(column.length) + " values where the batch needs " +
                          number(begin + rows));
  const Run run{column.offset + begin, rows};
  if (rows == 0) return run;
  if (column.buffers[1] == nullptr) return internal_error("its data buffer is null");
  SENTINEL_TRY(check_nulls(column, run, is_nullable));
  SENTINEL_TRY(check_values(column, wire, run));
  return run;
}

}  // namespace sentinel::plugins
