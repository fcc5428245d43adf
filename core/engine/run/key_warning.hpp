// Warns, before a changed source lands every record a second time, that the target key is made from the key of the
// former source.
#pragma once

#include "engine/flow/chain.hpp"
#include "engine/plugins/sink_stage.hpp"

#include <optional>
#include <string>

namespace sentinel::engine {

// One sentence where the source is no longer `former_source_id` and each key of the target is made from the source's
// own key alone, such as the id that a CMS gave. Decided by the first records; nothing where they do not show it.
// REQUIRES: `chain` and `sink` are bound.
std::optional<std::string> key_warning(const config::PipelineFile& file, plugins::Registry& registry,
                                       telemetry::HostServices& services, Chain& chain, plugins::SinkStage& sink,
                                       const std::string& former_source_id);

}  // namespace sentinel::engine
