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

// Names stand behind points, indexes in brackets; a name that holds a point or a bracket stands as ["a.b"]. The first
// point may be left out. An empty text is an empty path. Errors: kInvalidConfig with the byte.
Result<Path> parse_path(std::string_view text);

// The reject of a record whose data is of another kind than the path says. `step` counts from 1.
Status wrong_kind(std::size_t step, std::string_view found, std::string_view wanted);

}  // namespace sentinel::map_transform
