// The casts of map, one function per target type.
#include "map_transform/cast.hpp"

#include "map_transform/amount.hpp"
#include "map_transform/text.hpp"

#include <fmt/format.h>

#include <sentinel/civil_time.hpp>

#include <array>
#include <charconv>
#include <limits>
#include <string>

namespace sentinel::map_transform {
namespace {

Status refuse_cast(const char* native_code, std::string why) {
  return invalid_data(std::move(why)).native("map", native_code);
}
Status refuse_text(const char* native_code, const char* why, std::string_view text) {
  return refuse_cast(native_code, fmt::format("text is {} ({})", why, shape_of(text)));
}

Status parse_integer(std::string_view text, ColumnBuilder& out) {
  auto digits = trimmed(text);
  if (digits.starts_with('+') && digits.size() > 1 && digits[1] != '-') digits.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool all_read = end == digits.data() + digits.size();
  if (error == std::errc::result_out_of_range && all_read)
    return refuse_text("out_of_range", "an integer beyond 64 bits", text);
  if (error != std::errc() || !all_read) return refuse_text("bad_integer", "not an integer", text);
  out.append_int64(value);
  return {};
}

Status parse_boolean(std::string_view text, ColumnBuilder& out) {
  static constexpr std::array<std::string_view, 4> kTrue = {"true", "yes", "on", "1"};
  static constexpr std::array<std::string_view, 4> kFalse = {"false", "no", "off", "0"};
  const auto word = lower_cased(trimmed(text));
  for (std::size_t i = 0; i < kTrue.size(); ++i) {
    if (word != kTrue[i] && word != kFalse[i]) continue;
    out.append_bool(word == kTrue[i]);
    return {};
  }
  return refuse_text("bad_boolean", "not one of true, yes, on, 1, false, no, off, 0", text);
}

Status append_scaled(const Decimal& value, const CastTo& to, ColumnBuilder& out) {
  const auto scaled = value.rescaled(to.scale);
  const auto type = "decimal(" + std::to_string(to.precision) + "," + std::to_string(to.scale) + ")";
  if (!scaled) return refuse_cast("out_of_range", fmt::format("number does not fit {} exactly", type));
  if (!scaled->fits(to.precision)) return refuse_cast("out_of_range", "number has too many digits for " + type);
  out.append_decimal(scaled->unscaled);
  return {};
}

Status append_integer(const Decimal& value, ColumnBuilder& out) {
  const auto whole = value.rescaled(0);
  if (!whole) return refuse_cast("bad_integer", "number is not whole");
  if (whole->unscaled > std::numeric_limits<std::int64_t>::max() ||
      whole->unscaled < std::numeric_limits<std::int64_t>::min())
    return refuse_cast("out_of_range", "number does not fit 64 bits");
  out.append_int64(static_cast<std::int64_t>(whole->unscaled));
  return {};
}

Status append_minor_units(const Decimal& value, const AmountOptions& rules, ColumnBuilder& out) {
  if (value.unscaled < 0 && !rules.allow_negative)
    return refuse_cast("negative_amount",
                       "the amount is negative; set allow_negative under amount if that is expected");
  const auto minor = value.rescaled(static_cast<int>(rules.exponent));
  if (!minor) return refuse_cast("too_many_decimals", "the amount is not a whole number of minor units");
  return append_integer({minor->unscaled, 0}, out);
}

Status append_boolean(const ColumnView& from, std::int64_t row, ColumnBuilder& out) {
  if (from.type() == Type::kBool) return out.append_bool(from.boolean(row)), Status();
  const auto value = from.int64(row);
  if (value != 0 && value != 1) return refuse_cast("bad_boolean", "integer is neither 0 nor 1");
  out.append_bool(value == 1);
  return {};
}

// Whole numbers, decimals and truth values as a decimal.
Decimal number_of(const ColumnView& from, std::int64_t row) {
  if (from.type() == Type::kDecimal) return from.decimal(row);
  if (from.type() == Type::kBool) return {from.boolean(row) ? 1 : 0, 0};
  return {from.int64(row), 0};
}

}  // namespace

Field field_of(const CastTo& to, std::string name) {
  switch (to.type) {
    case CastType::kText: return utf8(std::move(name));
    case CastType::kInteger:
    case CastType::kMinorUnits: return int64(std::move(name));
    case CastType::kBoolean: return boolean(std::move(name));
    case CastType::kDate: return date(std::move(name));
    case CastType::kTimestamp: return timestamp(std::move(name));
    case CastType::kDecimal: return decimal(std::move(name), to.precision, to.scale);
  }
  return utf8(std::move(name));
}

CastTo same_type(const Field& field) {
  CastTo to;
  switch (field.type) {
    case Type::kBool: to.type = CastType::kBoolean; break;
    case Type::kInt64: to.type = CastType::kInteger; break;
    case Type::kDate: to.type = CastType::kDate; break;
    case Type::kTimestamp: to.type = CastType::kTimestamp; break;
    case Type::kDecimal: to = {CastType::kDecimal, field.precision, field.scale, {}}; break;
    default: to.type = CastType::kText;
  }
  return to;
}

bool is_castable(Type from, CastType to) {
  const auto any_of = [to](std::initializer_list<CastType> offered) {
    return std::find(offered.begin(), offered.end(), to) != offered.end();
  };
  switch (from) {
    case Type::kUtf8: return true;
    case Type::kBool: return any_of({CastType::kText, CastType::kInteger, CastType::kBoolean});
    case Type::kInt64: return any_of({CastType::kText, CastType::kInteger, CastType::kBoolean, CastType::kDecimal});
    case Type::kDate:
    case Type::kTimestamp: return any_of({CastType::kText, CastType::kDate, CastType::kTimestamp});
    case Type::kDecimal:
      return any_of({CastType::kText, CastType::kInteger, CastType::kDecimal, CastType::kMinorUnits});
    case Type::kFloat64:  // inexact already as input
    case Type::kBinary: return false;
  }
  return false;
}

Result<std::string> text_of(const ColumnView& from, std::int64_t row) {
  switch (from.type()) {
    case Type::kUtf8: return std::string(from.text(row));
    case Type::kBool: return std::string(from.boolean(row) ? "true" : "false");
    case Type::kInt64: return std::to_string(from.int64(row));
    case Type::kDecimal: return from.decimal(row).to_string();
    case Type::kDate:
      if (is_calendar_date(from.date(row))) return date_text(from.date(row));
      break;
    case Type::kTimestamp:
      if (is_calendar_timestamp(from.timestamp(row))) return timestamp_text(from.timestamp(row), TimestampForm::kIso);
      break;
    default: return internal_error(fmt::format("map has no cast from {} to text", to_string(from.type())));
  }
  return refuse_cast("out_of_range", "date is outside the years 0001 to 9999");
}

Status append_parsed(std::string_view text, const CastTo& to, ColumnBuilder& out) {
  switch (to.type) {
    case CastType::kText: return out.append_text(text), Status();
    case CastType::kInteger: return parse_integer(text, out);
    case CastType::kBoolean: return parse_boolean(text, out);
    case CastType::kDate: {
      const auto days = parse_date(trimmed(text));
      if (!days) return refuse_text("bad_date", "not a date such as 2024-01-31", text);
      return out.append_date(*days), Status();
    }
    case CastType::kTimestamp: {
      const auto instant = parse_timestamp(trimmed(text));
      if (!instant) return refuse_text("bad_timestamp", "not a timestamp such as 2024-01-31 10:00:00", text);
      return out.append_int64(*instant), Status();
    }
    case CastType::kDecimal: {
      const auto number = Decimal::parse(trimmed(text));
      if (!number) return refuse_text("bad_decimal", "not a decimal number", text);
      return append_scaled(*number, to, out);
    }
    case CastType::kMinorUnits: {
      SENTINEL_ASSIGN(const auto minor, parse_amount(text, to.amount));
      return out.append_int64(minor), Status();
    }
  }
  return internal_error("map does not support this cast");
}

Status append_cast(const ColumnView& from, std::int64_t row, const CastTo& to, ColumnBuilder& out) {
  switch (to.type) {
    case CastType::kText: {
      SENTINEL_ASSIGN(const auto text, text_of(from, row));
      return out.append_text(text), Status();
    }
    case CastType::kInteger: return append_integer(number_of(from, row), out);
    case CastType::kBoolean: return append_boolean(from, row, out);
    case CastType::kDate: {
      const std::int64_t days = from.type() == Type::kDate ? from.date(row) : day_of(from.timestamp(row));
      return out.append_date(static_cast<std::int32_t>(days)), Status();
    }
    case CastType::kTimestamp: {
      if (from.type() == Type::kTimestamp) return out.append_int64(from.timestamp(row)), Status();
      std::int64_t instant = 0;
      if (__builtin_mul_overflow(std::int64_t{from.date(row)}, kMicrosPerDay, &instant))
        return refuse_cast("out_of_range", "date is outside the range of a timestamp");
      return out.append_int64(instant), Status();
    }
    case CastType::kDecimal: return append_scaled(number_of(from, row), to, out);
    case CastType::kMinorUnits: return append_minor_units(number_of(from, row), to.amount, out);
  }
  return internal_error("map does not support this cast");
}

}  // namespace sentinel::map_transform
