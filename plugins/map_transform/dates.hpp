// Dates and times in declared formats and a declared zone, as days or as instants in UTC.
#pragma once

#include "map_transform/date_format.hpp"
#include "map_transform/options.hpp"

#include <cctz/time_zone.h>

namespace sentinel::map_transform {

class Dates {
 public:
  // Errors: kInvalidConfig for an unknown zone or a wrong format; option paths are relative to the date: "zone".
  // REQUIRES: type is kDate or kTimestamp.
  static Result<Dates> open(const DateOptions& options, CastType type);

  // Days since 1970-01-01 for a date (the day in the declared zone), microseconds in UTC for a timestamp; nothing for a
  // zero date where zero is null. The first format that fits is used. Errors: kInvalidData, domain "map": bad_date,
  // zero_date, ambiguous_time (the clock showed it twice), missing_time (the clock skipped it).
  Result<std::optional<std::int64_t>> read(std::string_view text) const;
  CastType type() const { return type_; }
  bool may_be_null() const { return zero_ == ZeroDate::kNull; }

 private:
  enum class Kind { kCivil, kUnix, kUnixMs };
  struct Declared {
    Kind kind = Kind::kCivil;
    DateFormat format;
  };
  std::optional<Result<std::int64_t>> read_as(const Declared& declared, std::string_view text) const;
  Result<std::int64_t> value_of(const CivilReading& reading) const;
  Result<std::int64_t> instant_of(const CivilReading& reading) const;
  std::int64_t value_at(std::int64_t instant) const;

  CastType type_ = CastType::kTimestamp;
  ZeroDate zero_ = ZeroDate::kReject;
  AmbiguousTime ambiguous_ = AmbiguousTime::kReject;
  std::vector<Declared> declared_;
  cctz::time_zone zone_ = cctz::utc_time_zone();
};

}  // namespace sentinel::map_transform
