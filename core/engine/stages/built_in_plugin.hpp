// The stages that are linked into the program, behind the same C boundary as every plugin.
#pragma once

#include <sentinel/abi.h>

#include <cstdint>

// The transform kobo_to_decimal. The stages of the delivery are keys of the pipeline file: see built_in_stages.hpp.
extern "C" const sentinel_plugin* sentinel_builtin_stages(std::uint32_t host_abi) noexcept;
