// Reads one stage of a pipeline file: finds the component behind `use:` and validates the options beside it.
#pragma once

#include "engine/config/component_catalogue.hpp"
#include "engine/config/pipeline_file.hpp"
#include "engine/config/yaml/problems.hpp"
#include "engine/config/yaml/yaml_document.hpp"

namespace sentinel::config {

struct Stage {
  StageConfig config;
  const sentinel_component* component = nullptr;  // null: not found, which is reported
};

// `key` is where the stage hangs: "source".
Stage read_stage(const Node& node, std::int32_t kind, std::string_view key, ComponentCatalogue& catalogue,
                 Problems& problems);

}  // namespace sentinel::config
