// A short name for a long text: equal texts share it, different ones do not.
#pragma once

#include <string>
#include <string_view>

namespace sentinel::config {

// 32 hex digits (XXH3, 128 bits); the same on every machine and in every version.
std::string fingerprint(std::string_view text);

}  // namespace sentinel::config
