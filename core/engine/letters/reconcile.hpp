// Reconciles the letters in the store with those that the target knows, before anything is delivered.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/sink_stage.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/log.hpp"

#include <string_view>

namespace sentinel::engine {

inline constexpr std::string_view kNoPayload = "no_payload";  // native code of a letter that is owed but not held here

// Letters that a crash left pending become facts or are dropped; letters that were closed in the target close
// here, and those that it owes again are reopened. Errors: kStorage, with native code kNoPayload, for a letter without
// payload.
Status reconcile_letters(const config::PipelineFile& file, plugins::SinkStage& sink, store::Store& store,
                         telemetry::Log& log);

}  // namespace sentinel::engine
