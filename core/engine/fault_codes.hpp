// Says what the engine does about each fault code: one table, for the exit code, for `dlq list --class` and for the
// reference.
#pragma once

#include "engine/exit_code.hpp"

#include <sentinel/status.hpp>

#include <iterator>
#include <string_view>

namespace sentinel::engine {

struct FaultCode {
  Code code;
  int exit_code;                 // of work that ends with it
  std::string_view letters;      // the class of letters with this code; "": there are none
  std::string_view consequence;  // what the engine does
};
inline constexpr FaultCode kFaultCodes[] = {
    {Code::kOk, kExitBalanced, "", "continues"},
    {Code::kInvalidData, kExitStorage, "row", "the record becomes a dead letter, its neighbours continue"},
    {Code::kConflict, kExitStorage, "row", "the same; another record in the target conflicts with it"},
    {Code::kTransient, kExitUnreachable, "transient", "rolls back and tries the whole batch again, by `retry`"},
    {Code::kUnavailable, kExitUnreachable, "connection",
     "waits and probes, as long as `outage` allows; no dead letter"},
    {Code::kThrottled, kExitUnreachable, "connection",
     "waits as long as the service asks, within `outage`; no dead letter"},
    {Code::kInvalidConfig, kExitConfig, "configuration", "stops at once; the message names what to change"},
    {Code::kRefused, kExitUnreachable, "configuration", "stops at once: password, permission or certificate"},
    {Code::kStorage, kExitStorage, "storage", "stops before anything could be lost: disk full or damaged"},
    {Code::kUnknownOutcome, kExitUnreachable, "unknown",
     "the reply to COMMIT was lost: asks the target whether the batch landed"},
    {Code::kSchemaChanged, kExitConfig, "configuration",
     "reads the schema again and continues; what no longer fits stops the run"},
    {Code::kFenced, kExitFenced, "", "another run owns the pipeline: stops, and can no longer write"},
    {Code::kCancelled, kExitStorage, "", "ends cleanly, because it was asked to stop"},
    {Code::kUnsupported, kExitStorage, "configuration", "stops: the plugin does not offer the call"},
    {Code::kInternal, kExitStorage, "internal", "stops: a bug or an exception, of a plugin or of Sentinel"},
};
static_assert(std::size(kFaultCodes) == std::size(kCodeNames), "a code of abi.h has no line here");

constexpr const FaultCode& fault_code(Code code) {
  for (const auto& each : kFaultCodes)
    if (each.code == code) return each;
  return fault_code(Code::kInternal);
}
constexpr int exit_code_of(Code code) { return fault_code(code).exit_code; }

}  // namespace sentinel::engine
