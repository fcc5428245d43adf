// Numbers, switches, durations and sizes as people write them in a pipeline file. YAML's own rules are not used: they
// read 010 as 8 and yes as true.
#pragma once

#include <sentinel/status.hpp>

#include <cstdint>
#include <string_view>

namespace sentinel::config {

// Errors: kInvalidConfig with the end of a sentence, "must be an integer: write 10 instead of 010". It quotes the
// value.
Result<std::int64_t> parse_integer(std::string_view text);
Result<double> parse_number(std::string_view text);  // 0.2, or 20%
Result<bool> parse_boolean(std::string_view text);
Result<std::int64_t> parse_duration_ms(std::string_view text);  // 200ms 90s 15m 1h 7d
Result<std::int64_t> parse_size_bytes(std::string_view text);   // 64KiB 4MiB 10MB 512

}  // namespace sentinel::config
