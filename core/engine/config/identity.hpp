// The names under which the engine remembers what a pipeline reads and how it shapes records.
#pragma once

#include "engine/config/option_tree.hpp"

#include <sentinel/abi.h>

#include <string>

namespace sentinel::config {

// "<use>/<cursor version>/<16 hex digits>" over the identity options, written or by default; user names, passwords and
// parameters of addresses do not count.
std::string source_identity(const sentinel_component& source, const OptionTree& options);

// One text per stage for the mapping hash: its options as written, in the order of its table, without secrets.
std::string mapping_text(const char* use, const sentinel_option_table* table, const OptionTree& options);

}  // namespace sentinel::config
