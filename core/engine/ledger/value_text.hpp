// Single values as exact text and back: dates, timestamps, decimals, floats as they stand in snapshots and keys.
#pragma once

#include <sentinel/batch.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sentinel::ledger {

// "2026-11-22". Years beyond 0000..9999 carry a sign: "+12026-01-01", "-0044-03-15".
std::string date_text(std::int64_t days);
// "2026-11-22T20:14:03Z", with six digits of a second where they are not all zero.
std::string timestamp_text(std::int64_t micros);
// Shortest text that reads back as the same double; "NaN", "Infinity", "-Infinity".
std::string float_text(double value);
// All digits, also of a number beyond 38 digits.
std::string decimal_text(const Decimal& value);

// The inverse of each; nothing for any other text and for what does not fit.
std::optional<std::int32_t> parse_date(std::string_view text);
std::optional<std::int64_t> parse_timestamp(std::string_view text);
std::optional<double> parse_float(std::string_view text);
// REQUIRES: 0 <= scale <= 38. The text must have exactly `scale` digits behind the point.
std::optional<int128> parse_decimal(std::string_view text, int scale);

// The value as a person would print it: digits, ISO dates, true/false, text as it is; base64 for bytes that are not
// UTF-8 and for kBinary. REQUIRES: !column.is_null(row)
std::string value_text(const ColumnView& column, std::int64_t row);

}  // namespace sentinel::ledger
