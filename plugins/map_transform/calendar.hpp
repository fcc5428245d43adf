// Dates and times of day as ISO 8601 text, to and from days and microseconds since 1970 in UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sentinel::map_transform {

// "2024-01-31", years 0001 to 9999; nothing else, and no day that the calendar does not have.
std::optional<std::int32_t> parse_date(std::string_view text);
// "2024-01-31 10:00:00", with T for the space, up to six decimals of a second, and Z or +01:00 behind; no zone means
// UTC.
std::optional<std::int64_t> parse_timestamp(std::string_view text);
// Empty outside the years 0001 to 9999.
std::optional<std::string> date_text(std::int32_t days);
std::optional<std::string> timestamp_text(std::int64_t microseconds);
// The day that holds the instant, also before 1970.
std::int32_t day_of(std::int64_t microseconds);
inline constexpr std::int64_t kMicrosecondsOfDay = 86'400'000'000;

}  // namespace sentinel::map_transform
