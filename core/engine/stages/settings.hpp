// The settings of a pipeline file that are no stage: whose money it is, and whether the target mirrors the source.
#pragma once

#include <sentinel/component.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace sentinel::stages {

using std::chrono::milliseconds;

struct Money {
  std::string field;           // int64 minor units, from the stage on where it first exists
  std::string currency;        // ISO 4217, or
  std::string currency_field;  // the field that names it
  std::int64_t exponent = 2;   // minor units are 10^-exponent of the currency
};
inline constexpr auto kMoneyOptions = options<Money>(
    option("field", &Money::field, "The field that holds the amount in whole minor units (kobo, cents).").required(),
    option("currency", &Money::currency, "The currency of every record, as an ISO 4217 code."),
    option("currency_field", &Money::currency_field,
           "The field that names each record's currency, in place of `currency`."),
    option("exponent", &Money::exponent, "How many decimal places the minor unit stands for: 2 for kobo.")
        .min(0)
        .max(4));

struct Mirror {
  Departure deletes = Departure::kKeep;
  double max_delete_ratio = 0.01;
  milliseconds every{24 * 3600 * 1000LL};
};
inline constexpr auto kMirrorOptions = options<Mirror>(
    option("deletes", &Mirror::deletes,
           "What becomes of a row whose record is gone from the source: ignore, mark (its column left_at takes the "
           "time) or delete.")
        .choices("ignore", "mark", "delete"),
    option("max_delete_ratio", &Mirror::max_delete_ratio,
           "Where a larger share of the target's rows has no record any more, none is touched and the run ends with "
           "exit 4; one row always may go."),
    option("every", &Mirror::every,
           "How often a run is followed by a sweep, which compares everything by key and content; 0s after each, and "
           "`run --full` always.")
        .min(0)
        .max(365LL * 24 * 3600000));

}  // namespace sentinel::stages
