// Parses texts by the declared formats, and local times by the zone's rules (cctz, with the system's zone files).
#include "map_transform/dates.hpp"

#include "map_transform/text.hpp"

#include <cctz/civil_time.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace sentinel::map_transform {
namespace {

using Seconds = cctz::time_point<cctz::seconds>;

Status refuse(const char* native_code, const std::string& why, std::string_view text) {
  return invalid_data(fmt::format("{} ({})", why, shape_of(text))).native("map", native_code);
}

std::int64_t micros_of(Seconds instant) { return instant.time_since_epoch().count() * kMicrosPerSecond; }

// "0000-00-00 00:00:00" and its like: at least eight digits, all of them zeros.
bool is_zero_date(std::string_view text) {
  return std::count(text.begin(), text.end(), '0') >= 8 && text.find_first_not_of("0-/.: TZ") == text.npos;
}

std::optional<std::int64_t> unix_micros(std::string_view text, std::int64_t micros_per_unit) {
  std::int64_t count = 0, micros = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (__builtin_mul_overflow(count, micros_per_unit, &micros) || !is_calendar_timestamp(micros)) return std::nullopt;
  return micros;
}

Result<cctz::time_zone> load_zone(const std::string& name) {
  cctz::time_zone zone;
  const bool is_path = name.starts_with('/') || name.find("..") != std::string::npos;
  if (!is_path && cctz::load_time_zone(name, &zone)) return zone;
  return invalid_config(fmt::format("there is no time zone \"{}\" on this machine; use an IANA name such as "
                                    "Africa/Lagos, and check that tzdata is installed",
                                    name))
      .at_option("zone");
}

}  // namespace

Result<Dates> Dates::open(const DateOptions& options, CastType type) {
  Dates dates;
  dates.type_ = type;
  dates.zero_ = options.zero;
  dates.ambiguous_ = options.ambiguous;
  if (options.formats.empty())
    return invalid_config("no format is declared; add one such as \"%d/%m/%Y\"").at_option("formats");
  for (std::size_t i = 0; i < options.formats.size(); ++i) {
    const auto& text = options.formats[i];
    if (text == "unix" || text == "unix_ms") {
      dates.declared_.push_back({text == "unix" ? Kind::kUnix : Kind::kUnixMs, {}});
      continue;
    }
    auto format = parse_date_format(text);
    if (!format) return Status(format.error()).at_option("formats." + std::to_string(i));
    dates.declared_.push_back({Kind::kCivil, std::move(*format)});
  }
  SENTINEL_ASSIGN(dates.zone_, load_zone(options.zone));
  return dates;
}

Result<std::optional<std::int64_t>> Dates::read(std::string_view text) const {
  text = trimmed(text);
  if (is_zero_date(text)) {
    if (zero_ == ZeroDate::kNull) return std::optional<std::int64_t>();
    return refuse("zero_date", "text is a zero date; set zero: null under date if it means no date", text);
  }
  for (const auto& declared : declared_) {
    auto value = read_as(declared, text);
    if (!value) continue;
    if (!*value) return Status(value->error());
    if (type_ == CastType::kTimestamp && !is_calendar_timestamp(**value))
      return refuse("bad_date", "instant is outside the years 0001 to 9999 in UTC", text);
    return std::optional(**value);
  }
  return refuse("bad_date", "text matches none of the declared date formats", text);
}

std::optional<Result<std::int64_t>> Dates::read_as(const Declared& declared, std::string_view text) const {
  if (declared.kind == Kind::kCivil) {
    const auto reading = read_date(declared.format, text);
    if (!reading) return std::nullopt;
    return value_of(*reading);
  }
  const auto instant = unix_micros(text, declared.kind == Kind::kUnix ? kMicrosPerSecond : 1000);
  if (!instant) return std::nullopt;
  return value_at(*instant);
}

Result<std::int64_t> Dates::value_of(const CivilReading& reading) const {
  if (reading.offset_micros) {
    const auto instant = reading.days * kMicrosPerDay + reading.micros_of_day - *reading.offset_micros;
    return value_at(instant);
  }
  if (type_ == CastType::kDate) return reading.days;
  return instant_of(reading);
}

// A time that the clock showed twice or skipped maps to one of two instants: before or after the change of the clock.
Result<std::int64_t> Dates::instant_of(const CivilReading& reading) const {
  const auto date = civil_from_days(reading.days);
  const auto second = reading.micros_of_day / kMicrosPerSecond, fraction = reading.micros_of_day % kMicrosPerSecond;
  const cctz::civil_second local(date.year, date.month, date.day, second / 3600, second / 60 % 60, second % 60);
  const auto found = zone_.lookup(local);
  if (found.kind == cctz::time_zone::civil_lookup::UNIQUE) return micros_of(found.pre) + fraction;
  if (ambiguous_ != AmbiguousTime::kReject) {
    const bool is_earlier = ambiguous_ == AmbiguousTime::kEarlier;
    return micros_of(is_earlier ? std::min(found.pre, found.post) : std::max(found.pre, found.post)) + fraction;
  }
  const bool is_repeated = found.kind == cctz::time_zone::civil_lookup::REPEATED;
  const std::string what =
      is_repeated ? "twice, because its clock was set back" : "never, because its clock was set forward";
  return invalid_data(fmt::format("the zone \"{}\" had that local time {}; set ambiguous: earlier or later under date",
                                  zone_.name(), what))
      .native("map", is_repeated ? "ambiguous_time" : "missing_time");
}

std::int64_t Dates::value_at(std::int64_t instant) const {
  if (type_ == CastType::kTimestamp) return instant;
  const Seconds second{cctz::seconds(detail::floor_divide(instant, kMicrosPerSecond))};
  const auto local = cctz::convert(second, zone_);
  return days_from_civil({local.year(), local.month(), local.day()});
}

}  // namespace sentinel::map_transform
