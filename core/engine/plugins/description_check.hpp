// Checks what a plugin says about itself before anything else reads it.
#pragma once

#include <sentinel/abi.h>
#include <sentinel/status.hpp>

#include <cstdint>
#include <string_view>

namespace sentinel::plugins {

// What a `use:` name may be made of: a-z, 0-9 and _, a letter first.
bool is_use_name(std::string_view name);

// The version range, the sizes of all structs, names, call tables and option tables. Errors: kInvalidConfig, one clause
// without the path ("is too old: …").
Status check_description(const sentinel_plugin* plugin, bool is_built_in);

}  // namespace sentinel::plugins
