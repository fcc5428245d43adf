// Reads the top level of a parsed file by the table of its keys.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/config/yaml/yaml_document.hpp"

#include <span>

namespace sentinel::config {

// REQUIRES: `root` is a map whose references are expanded. What is wrong goes into `problems`; with an error among them
// the result is incomplete.
PipelineFile read_top_level(const Node& root, std::span<const TopLevelKey> keys, ComponentCatalogue& catalogue,
                            Problems& problems);

}  // namespace sentinel::config
