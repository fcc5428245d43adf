// Says which input field was meant when a name does not exist.
#pragma once

#include <sentinel/schema.hpp>

#include <string>
#include <string_view>

namespace sentinel::map_transform {

// `the input has no field "x"; did you mean "y"? it has: …`
std::string unknown_field(std::string_view name, const Schema& in);

}  // namespace sentinel::map_transform
