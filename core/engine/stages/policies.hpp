// The policies of a pipeline file (money, retry, outage, circuit_breaker, dead_letter,
// mirror): option tables like those of any
// stage, carried out by the engine itself.
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

enum class Jitter { kFull, kNone };
struct Retry {
  std::int64_t max_attempts = 5;
  milliseconds initial{200};
  milliseconds max{30000};
  Jitter jitter = Jitter::kFull;
};
inline constexpr auto kRetryOptions = options<Retry>(
    option("max_attempts", &Retry::max_attempts,
           "How often a batch is tried when the target asks to try again (deadlock, lock wait).")
        .min(1)
        .max(100),
    option("initial", &Retry::initial, "The first wait; it doubles with each attempt.").min(1).max(3600000),
    option("max", &Retry::max, "The longest wait.").min(1).max(3600000),
    option("jitter", &Retry::jitter, "full: a random part of the wait; none: the whole wait.").choices("full", "none"));

struct Outage {
  milliseconds wait{15 * 60 * 1000};
  milliseconds connect_wait{10000};
};
inline constexpr auto kOutageOptions = options<Outage>(
    option("wait", &Outage::wait, "How long a run waits for a service that went away before it ends with exit 3.")
        .min(0)
        .max(7 * 24 * 3600000LL),
    option("connect_wait", &Outage::connect_wait, "The same at the start of a run, before anything was read.")
        .min(0)
        .max(7 * 24 * 3600000LL));

struct CircuitBreaker {
  double max_failure_rate = 0.2;
  std::int64_t window = 100;
  milliseconds cool_down{5 * 60 * 1000};
};
inline constexpr auto kCircuitBreakerOptions = options<CircuitBreaker>(
    option("max_failure_rate", &CircuitBreaker::max_failure_rate,
           "The share of new dead letters above which the run stops with exit 4."),
    option("window", &CircuitBreaker::window, "Over how many of the last new records the share is judged, at least.")
        .min(1)
        .max(1000000),
    option("cool_down", &CircuitBreaker::cool_down,
           "How long an open breaker refuses to run before one batch may probe.")
        .min(0)
        .max(7 * 24 * 3600000LL));

struct DeadLetter {
  std::int64_t quarantine_after = 5;
  milliseconds retention{0};     // 0: for ever
  std::int64_t max_letters = 0;  // 0: no limit
};
inline constexpr auto kDeadLetterOptions =
    options<DeadLetter>(option("quarantine_after", &DeadLetter::quarantine_after,
                               "After how many failed attempts a letter waits for a person.")
                            .min(1)
                            .max(1000),
                        option("retention", &DeadLetter::retention,
                               "How long closed letters keep their record; 0s keeps it for ever. Open ones always do.")
                            .min(0)
                            .max(36500LL * 24 * 3600000),
                        option("max_letters", &DeadLetter::max_letters,
                               "More open letters than this stop the run before its batch is committed; 0: no limit.")
                            .min(0)
                            .max(1000000000));

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
