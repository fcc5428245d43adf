// Describes built-in stages and settings as one plugin, so that `plugins list` and the configuration see them alike.
#include "engine/stages/built_in_plugin.hpp"

#include "engine/stages/built_in_stages.hpp"
#include "engine/stages/kobo_to_decimal.hpp"
#include "engine/stages/settings.hpp"

#include <sentinel/plugin.hpp>

namespace sentinel::stages {
namespace {

template <class Table>
sentinel_component described(std::int32_t kind, const char* use, const char* doc, const Table& options) {
  sentinel_component component{};
  component.struct_size = sizeof component;
  component.kind = kind;
  component.use = use;
  component.doc = doc;
  component.options = options.c_table();
  return component;
}

}  // namespace
}  // namespace sentinel::stages

SENTINEL_PLUGIN_AS(
    sentinel_builtin_stages, "sentinel", SENTINEL_VERSION,
    sentinel::transform<sentinel::stages::KoboToDecimal>(
        "kobo_to_decimal", "Turns whole minor units into an exact decimal amount by moving the point."),
    sentinel::stages::described(SENTINEL_KIND_SETTING, "money",
                                "Says which field holds the money that every run is balanced by.",
                                sentinel::stages::kMoneyOptions),
    sentinel::stages::described(SENTINEL_KIND_BUILT_IN, "retry",
                                "Writes a batch again when the target asks to try again, with growing waits.",
                                sentinel::stages::kRetryOptions),
    sentinel::stages::described(SENTINEL_KIND_BUILT_IN, "outage",
                                "Waits for a service that went away; an outage is never a dead letter.",
                                sentinel::stages::kOutageOptions),
    sentinel::stages::described(SENTINEL_KIND_BUILT_IN, "circuit_breaker",
                                "Stops a run when too large a share of its new records is rejected.",
                                sentinel::stages::kCircuitBreakerOptions),
    sentinel::stages::described(SENTINEL_KIND_BUILT_IN, "dead_letter",
                                "Keeps every rejected record with its reason until it is mended or discarded.",
                                sentinel::stages::kDeadLetterOptions),
    sentinel::stages::described(
        SENTINEL_KIND_SETTING, "mirror",
        "Compares source and target after a run, lands edits that no date shows, and removes or marks rows "
        "of deleted records.",
        sentinel::stages::kMirrorOptions))
