// Dates and timestamps between Sentinel's integers and the ISO text that databases print.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sentinel::sql_sink {

inline constexpr std::size_t kTimestampBytes = 26;  // 2026-01-31 23:59:59.123456
inline constexpr std::size_t kDateBytes = 10;

// Years 0001 to 9999, which every database holds.
bool is_calendar_date(std::int64_t days);
bool is_calendar_timestamp(std::int64_t micros);

// Writes the text and answers its length. REQUIRES: the value is in the calendar; `out` has room for the bytes above.
// A fraction of zero is left out.
std::size_t write_date(std::int64_t days, char* out);
std::size_t write_timestamp(std::int64_t micros, char* out);

// "2026-01-31"; nothing for what is no date, as MySQL's 0000-00-00.
std::optional<std::int64_t> parse_date(std::string_view text);
// "2026-01-31 23:59:59[.123456][+00]", also with a T or Z; another offset than zero is nothing.
std::optional<std::int64_t> parse_timestamp(std::string_view text);

// The value as a column with fewer digits of a second keeps it: half up, so that no server rounds on its own.
std::int64_t rounded_to_digits(std::int64_t micros, int digits);

}  // namespace sentinel::sql_sink
