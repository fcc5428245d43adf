// A path into nested data: `donor.address[0].city`.
#pragma once

#include <sentinel/status.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::map_transform {

struct PathStep {
  std::string name;                  // of a member, unless there is an index
  std::optional<std::size_t> index;  // of an element
};
using Path = std::vector<PathStep>;

// Names follow dots, indexes are in brackets; a name that holds a dot or a bracket is written ["a.b"]. The first dot
// may be omitted. Empty text is an empty path. Errors: kInvalidConfig with the byte.
Result<Path> parse_path(std::string_view text);

// The reject of a record whose data is not of the kind that the path expects. `step` counts from 1.
Status wrong_kind(std::size_t step, std::string_view found, std::string_view wanted);

}  // namespace sentinel::map_transform
