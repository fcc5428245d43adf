// The stages that are linked into the program, behind the same C boundary as every plugin.
#pragma once

#include <sentinel/abi.h>

#include <cstdint>

// kobo_to_decimal, and the policies that the engine itself carries out: money, retry, outage, circuit_breaker,
// dead_letter, mirror.
extern "C" const sentinel_plugin* sentinel_builtin_stages(std::uint32_t host_abi) noexcept;
