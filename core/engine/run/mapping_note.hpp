// Records with which mapping the rows of the target were made: an incremental run with a changed mapping leaves older
// rows as they are, and must report that.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/host_services.hpp"

#include <functional>
#include <optional>
#include <string>

namespace sentinel::engine {

// A run began at the beginning: later runs will read what it did not reach.
Status note_whole_pass(const config::PipelineFile& file, store::Store& store);
// A run continued from a checkpoint and finished. Warns where the mapping has changed since the last one, unless it
// `read_everything` all the same; that is asked only then.
Status note_partial_pass(const config::PipelineFile& file, store::Store& store, telemetry::HostServices& services,
                         const std::function<bool()>& read_everything);

// One sentence where rows of the target keep, or the next run would leave them, an older mapping.
Result<std::optional<std::string>> older_rows(const config::PipelineFile& file, store::Store& store);

}  // namespace sentinel::engine
