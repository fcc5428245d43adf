// Values: ranges, texts, exact comparison. No amount passes through a double here.
#include "sql_sink/cell.hpp"

#include <sentinel/civil_time.hpp>
#include <sentinel/text.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace sentinel::sql_sink {
namespace {

constexpr std::size_t kBlockBytes = 64 * 1024;
constexpr auto kPrintedOffsets = Offsets::kZero;  // every session is in UTC

Status refuse(const TargetColumn& column, std::string_view why, std::string_view native) {
  return invalid_data("the value of \"" + column.shape.name + "\" " + std::string(why))
      .native("sql", std::string(native));
}

std::optional<std::int64_t> parse_int64(std::string_view text) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_float64(std::string_view text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// At `scale`, from what a database prints: "12.50", "12.5", "12".
std::optional<int128> parse_unscaled(std::string_view text, int scale) {
  const auto parsed = Decimal::parse(text);
  if (!parsed) return std::nullopt;
  const auto rescaled = parsed->rescaled(scale);
  if (!rescaled) return std::nullopt;
  return rescaled->unscaled;
}

// A boolean as the databases print it, or as an integer column holds it.
std::optional<std::int64_t> parse_boolean(std::string_view text) {
  if (text == "t" || text == "true") return 1;
  if (text == "f" || text == "false") return 0;
  return parse_int64(text);
}

std::string_view without_padding(std::string_view text) {
  const auto last = text.find_last_not_of(' ');
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

// Digits of a second that the column keeps.
std::int64_t stored_timestamp(const TargetColumn& column, const ColumnView& values, std::int64_t row) {
  const int digits = column.column.kind == database::ColumnKind::kTimestamp ? column.column.scale : 6;
  return rounded_to_digits(values.timestamp(row), digits);
}

Status check_integer(const TargetColumn& column, std::int64_t value) {
  const auto& into = column.column;
  if (into.kind == database::ColumnKind::kDecimal) {
    if (into.precision == 0 || Decimal{value, 0}.fits(into.precision - into.scale)) return {};
  } else {
    const int bits = into.bits == 0 ? 64 : into.bits;
    if (into.is_unsigned) {
      if (value >= 0 && (bits == 64 || value < (std::int64_t{1} << bits))) return {};
    } else {
      const auto half = std::int64_t{1} << (bits - 1 < 63 ? bits - 1 : 62);
      if (bits == 64 || (value >= -half && value < half)) return {};
    }
  }
  return refuse(column, "is outside the range of " + into.type_text, "out_of_range");
}

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// The standard lets a database silently cut spaces at the end of what is too long.
bool is_too_long(const TargetColumn& column, const CellRules& rules, std::string_view text) {
  const auto most = static_cast<std::size_t>(column.column.length);
  if (rules.ignores_lengths || most == 0 || column.is_padded || text.size() <= most) return false;
  const bool counts_bytes = column.column.type_text.ends_with("text");  // TEXT of MySQL
  return counts_bytes || characters_of(text) > most;
}

Status check_text(const TargetColumn& column, const CellRules& rules, std::string_view text) {
  if (!rules.keeps_zero_bytes && text.find('\0') != std::string_view::npos)
    return refuse(column, "holds a zero byte, which a text cannot keep here", "zero_byte");
  if (is_too_long(column, rules, text))
    return refuse(column, "is longer than " + column.column.type_text, "out_of_range");
  if (column.is_key && column.column.ignores_padding && text.ends_with(' '))
    return refuse(column,
                  "ends in a space, which " +
                      (column.is_padded ? column.column.type_text : "the collation " + column.column.collation) +
                      " ignores when it compares; trim it in a map transform",
                  "padded_key");
  return {};
}

template <class T>
void append_bytes(std::string& key, const T& value) {
  key.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_counted(std::string& key, std::string_view text) {
  append_bytes(key, static_cast<std::uint32_t>(text.size()));
  key += text;
}

template <class T>
bool append_if(std::string& key, const std::optional<T>& value) {
  if (value) append_bytes(key, *value);
  return value.has_value();
}

}  // namespace

char* Scratch::room() {
  if (block_ < blocks_.size() && used_ + kCellBytes > kBlockBytes) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) blocks_.emplace_back(kBlockBytes, '\0');
  return blocks_[block_].data() + used_;
}

std::string_view Scratch::keep(std::size_t bytes) {
  const std::string_view kept(blocks_[block_].data() + used_, bytes);
  used_ += bytes;
  return kept;
}

void Scratch::clear() { block_ = used_ = 0; }

Status check_cell(const TargetColumn& column, const CellRules& rules, const ColumnView& values, std::int64_t row) {
  switch (column.shape.type) {
    case Type::kInt64: return check_integer(column, values.int64(row));
    case Type::kDecimal: {
      if (values.decimal(row).fits(column.shape.precision)) return {};
      return refuse(column, "needs more digits than " + column.shape.type_text(), "out_of_range");
    }
    case Type::kFloat64:
      if (rules.keeps_infinity || std::isfinite(values.float64(row))) return {};
      return refuse(column, "is not a finite number", "out_of_range");
    case Type::kUtf8: return check_text(column, rules, values.text(row));
    case Type::kDate:
      if (is_calendar_date(values.date(row))) return {};
      return refuse(column, "is a date outside the years 0001 to 9999", "out_of_range");
    case Type::kTimestamp:
      if (is_calendar_timestamp(values.timestamp(row)) && is_calendar_timestamp(stored_timestamp(column, values, row)))
        return {};
      return refuse(column, "is a time outside the years 0001 to 9999", "out_of_range");
    default: return {};
  }
}

std::string_view cell_text(const TargetColumn& column, const ColumnView& values, std::int64_t row, Scratch& scratch) {
  char* const out = column.shape.type == Type::kUtf8 || column.shape.type == Type::kBinary ? nullptr : scratch.room();
  switch (column.shape.type) {
    case Type::kUtf8:
    case Type::kBinary: return values.text(row);
    case Type::kInt64:
      return scratch.keep(
          static_cast<std::size_t>(std::to_chars(out, out + Scratch::kCellBytes, values.int64(row)).ptr - out));
    case Type::kBool: *out = values.boolean(row) ? '1' : '0'; return scratch.keep(1);
    case Type::kFloat64:
      return scratch.keep(
          static_cast<std::size_t>(std::to_chars(out, out + Scratch::kCellBytes, values.float64(row)).ptr - out));
    case Type::kDate: return scratch.keep(write_date(values.date(row), out));
    case Type::kTimestamp: return scratch.keep(write_timestamp(stored_timestamp(column, values, row), out));
    case Type::kDecimal: {
      const auto text = values.decimal(row).to_string();
      text.copy(out, Scratch::kCellBytes);
      return scratch.keep(text.size());
    }
  }
  return {};
}

bool equals(const TargetColumn& column, const ColumnView& values, std::int64_t row, std::string_view stored) {
  switch (column.shape.type) {
    case Type::kUtf8:
      return column.is_padded ? without_padding(stored) == without_padding(values.text(row))
                              : stored == values.text(row);
    case Type::kBinary: return stored == values.text(row);
    case Type::kInt64:
      return column.column.kind == database::ColumnKind::kDecimal
                 ? parse_unscaled(stored, 0) == int128{values.int64(row)}
                 : parse_int64(stored) == values.int64(row);
    case Type::kBool: return parse_boolean(stored) == static_cast<std::int64_t>(values.boolean(row));
    case Type::kFloat64: {
      const auto value = parse_float64(stored);
      return value && (*value == values.float64(row) || (std::isnan(*value) && std::isnan(values.float64(row))));
    }
    case Type::kDate: return parse_date(stored) == values.date(row);
    case Type::kTimestamp: return parse_timestamp(stored, kPrintedOffsets) == stored_timestamp(column, values, row);
    case Type::kDecimal: return parse_unscaled(stored, column.shape.scale) == values.decimal(row).unscaled;
  }
  return false;
}

bool append_stored(ColumnBuilder& out, const TargetColumn& column, std::string_view stored) {
  const auto append = [&](const auto& value) {
    if (value) out.append(*value);
    return value.has_value();
  };
  switch (column.shape.type) {
    case Type::kUtf8:
      if (!is_utf8(stored)) return false;
      out.append_text(column.is_padded ? without_padding(stored) : stored);
      return true;
    case Type::kBinary: out.append_text(stored); return true;
    case Type::kInt64:
      if (column.column.kind != database::ColumnKind::kDecimal) return append(parse_int64(stored));
      if (const auto value = parse_unscaled(stored, 0); value && int128{static_cast<std::int64_t>(*value)} == *value)
        return append(std::optional(static_cast<std::int64_t>(*value)));
      return false;
    case Type::kBool: {
      const auto value = parse_boolean(stored);
      return append(value ? std::optional(*value != 0) : std::nullopt);
    }
    case Type::kFloat64: return append(parse_float64(stored));
    case Type::kDate: return append(parse_date(stored));
    case Type::kTimestamp: return append(parse_timestamp(stored, kPrintedOffsets));
    case Type::kDecimal: {
      const auto value = parse_unscaled(stored, column.shape.scale);
      if (value) out.append_decimal(*value);
      return value.has_value();
    }
  }
  return false;
}

void append_as_stored(ColumnBuilder& out, const TargetColumn& column, const ColumnView& values, std::int64_t row) {
  if (column.shape.type == Type::kTimestamp) return out.append_int64(stored_timestamp(column, values, row));
  if (column.is_padded) return out.append_text(without_padding(values.text(row)));
  out.append_from(values, row);
}

void append_key(std::string& key, const TargetColumn& column, const ColumnView& values, std::int64_t row) {
  switch (column.shape.type) {
    case Type::kUtf8:
    case Type::kBinary:
      return append_counted(key, column.is_padded ? without_padding(values.text(row)) : values.text(row));
    case Type::kInt64:
    case Type::kBool: return append_bytes(key, cell_integer(values, row));
    case Type::kFloat64: return append_bytes(key, values.float64(row));
    case Type::kDate: return append_bytes(key, std::int64_t{values.date(row)});
    case Type::kTimestamp: return append_bytes(key, stored_timestamp(column, values, row));
    case Type::kDecimal: return append_bytes(key, values.decimal(row).unscaled);
  }
}

bool append_stored_key(std::string& key, const TargetColumn& column, std::string_view stored) {
  switch (column.shape.type) {
    case Type::kUtf8:
    case Type::kBinary: append_counted(key, column.is_padded ? without_padding(stored) : stored); return true;
    case Type::kInt64:
      if (column.column.kind != database::ColumnKind::kDecimal) return append_if(key, parse_int64(stored));
      if (const auto value = parse_unscaled(stored, 0))
        return append_if(key, std::optional(static_cast<std::int64_t>(*value)));
      return false;
    case Type::kBool: return append_if(key, parse_boolean(stored));
    case Type::kFloat64: return append_if(key, parse_float64(stored));
    case Type::kDate: return append_if(key, parse_date(stored));
    case Type::kTimestamp: return append_if(key, parse_timestamp(stored, kPrintedOffsets));
    case Type::kDecimal: return append_if(key, parse_unscaled(stored, column.shape.scale));
  }
  return false;
}

namespace {
std::int64_t version_of(const ColumnView& values, std::int64_t row) {
  return values.type() == Type::kDate    ? values.date(row)
         : values.type() == Type::kInt64 ? values.int64(row)
                                         : values.timestamp(row);
}
int compare(std::int64_t a, std::int64_t b) { return a < b ? -1 : a > b ? 1 : 0; }
}  // namespace

bool is_comparable_version(Type type) {
  return type == Type::kInt64 || type == Type::kDate || type == Type::kTimestamp;
}

int compare_version(const TargetColumn& column, const ColumnView& values, std::int64_t row, std::string_view stored) {
  std::optional<std::int64_t> there;
  auto mine = version_of(values, row);
  if (column.shape.type == Type::kInt64) {
    there = parse_int64(stored);
  } else if (column.shape.type == Type::kDate) {
    there = parse_date(stored);
  } else {
    there = parse_timestamp(stored, kPrintedOffsets);
    mine = stored_timestamp(column, values, row);
  }
  return there ? compare(mine, *there) : 1;  // a stored text that is not a version is older than any
}

int compare_version(const ColumnView& values, std::int64_t row, std::int64_t other) {
  return compare(version_of(values, row), version_of(values, other));
}

}  // namespace sentinel::sql_sink
