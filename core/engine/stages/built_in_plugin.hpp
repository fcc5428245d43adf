// The stages that are linked into the program, behind the same C boundary as every plugin.
#pragma once

#include <sentinel/abi.h>

#include <cstdint>

// The transform kobo_to_decimal; the stages of the delivery that the engine composes itself (retry, outage,
// circuit_breaker, dead_letter); and the settings money and mirror.
extern "C" const sentinel_plugin* sentinel_builtin_stages(std::uint32_t host_abi) noexcept;
