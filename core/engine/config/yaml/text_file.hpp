// Reads small text files; a file that cannot be read is an error of one clause.
#pragma once

#include <sentinel/status.hpp>

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>

namespace sentinel::config {

// Errors: kInvalidConfig, without the path ("is a directory"); native_code "2" of domain "errno" where nothing is
// there.
Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes);
bool is_missing_file(const Status& status);

struct SecretFile {
  std::string content;                 // one newline at its end is trimmed
  std::optional<std::string> warning;  // it can be read, but its permissions are too wide
};
// Reads a file that holds a secret: it must belong to the caller or root and nobody else may be able to change it.
Result<SecretFile> read_secret_file(const std::string& path);

enum class Exposure { kNone, kReadable, kReplaceable };
// What others can do with a file of this owner and mode when `caller` relies on it.
Exposure exposure_of(uid_t owner, mode_t mode, uid_t caller);

}  // namespace sentinel::config
