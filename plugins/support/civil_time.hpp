// Dates and times as databases print them, turned into days and microseconds and back, without a time zone library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sentinel::support {

enum class Civil {
  kValue,
  kZero,     // MySQL's 0000-00-00: no date at all
  kInvalid,  // not a date, or one that the calendar does not have: 2022-11-00, infinity
};

// "2024-01-11", also with a time behind it that is midnight. `days` since 1970-01-01.
Civil parse_date(std::string_view text, std::int32_t& days);

// "2024-01-11", "2024-01-11 10:00", "2024-01-11T10:00:00.123456+01:00". Without an offset the time is UTC. `micros`
// since 1970-01-01T00:00:00Z. Digits behind the sixth of a second must be 0.
Civil parse_timestamp(std::string_view text, std::int64_t& micros);

// "2024-01-11 10:00:00", with six more digits where the second is not whole.
std::string print_timestamp(std::int64_t micros);
std::string print_date(std::int32_t days);

}  // namespace sentinel::support
