// The grammar of declared date formats: %d/%m/%Y %H:%M.
#pragma once

#include <sentinel/civil_time.hpp>
#include <sentinel/status.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sentinel::map_transform {

// One part of a format: a directive such as 'Y', or a literal character.
struct FormatPart {
  char directive = '\0';
  char literal = '\0';
  bool is_fixed = false;  // exactly two digits, because digits may precede or follow
};
using DateFormat = std::vector<FormatPart>;

// Directives: %Y four digits; %m %d %H %I %M %S one or two digits, exactly two where digits touch; %b the English name
// of a month, whole or its first three letters; %f a fraction of a second; %p AM or PM; %z an offset (Z, +01:00); %% a
// percent sign. Errors: kInvalidConfig for other directives, for one given twice, and for no whole date.
Result<DateFormat> parse_date_format(std::string_view text);

// The values of a text parsed by a format.
struct CivilReading {
  std::int64_t days = 0;
  std::int64_t micros_of_day = 0;
  std::optional<std::int64_t> offset_micros;  // east of UTC
};

// Nothing if the text does not fit or the calendar has no such date.
std::optional<CivilReading> read_date(const DateFormat& format, std::string_view text);

}  // namespace sentinel::map_transform
