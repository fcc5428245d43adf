// Loads a plugin file and finds its entry point. Everything that can be checked before its code runs is checked first.
#pragma once

#include <sentinel/abi.h>
#include <sentinel/status.hpp>

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace sentinel::plugins {

// "plugin /usr/lib/sentinel/plugins/x.so: ", in front of every sentence about a file.
std::string plugin_prefix(const std::filesystem::path& file);

// The real path of a file that nobody but root and `caller` can replace and that is a library with Sentinel's entry
// symbol. Errors: kInvalidConfig, one sentence with the path. Runs none of its code.
Result<std::filesystem::path> check_plugin_file(const std::filesystem::path& file, uid_t caller);

// Maps a checked file (its initialisers run now) and finds the entry. It stays mapped until the program ends: what a
// plugin handed out, down to static strings and thread-local destructors, may be reached at any time.
Result<sentinel_plugin_entry> map_plugin(const std::filesystem::path& real_path);

}  // namespace sentinel::plugins
