// Reads an ELF file far enough to say whether it is a shared library for this machine and what it exports, without
// running it.
#pragma once

#include <sentinel/status.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace sentinel::plugins {

// The names of the functions and variables that the library defines for others. Reads the dynamic symbols, which a
// stripped library keeps too. Errors: kInvalidConfig, one clause without the path ("is not a shared library …").
Result<std::vector<std::string>> elf_exports(const std::filesystem::path& file);

}  // namespace sentinel::plugins
