// Checks the options of `mirror`.
#include "engine/config/settings/mirror.hpp"

namespace sentinel::config {

Status check_mirror(const Mirror& mirror) {
  if (mirror.max_delete_ratio > 0 && mirror.max_delete_ratio <= 1) return {};
  return invalid_config("must be above 0 and at most 100%; write 1% or 0.01 for one in a hundred")
      .at_option("max_delete_ratio");
}

}  // namespace sentinel::config
