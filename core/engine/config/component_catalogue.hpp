// Where the components come from that a pipeline file may name: plugins and built-in stages, behind one interface.
#pragma once

#include <sentinel/abi.h>
#include <sentinel/status.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::config {

class ComponentCatalogue {
 public:
  virtual ~ComponentCatalogue() = default;
  // The component of that kind and `use:` name; loads its plugin if need be. Errors: kInvalidConfig saying what was
  // searched, or why the file was refused.
  virtual Result<const sentinel_component*> find(std::int32_t kind, std::string_view use) = 0;
  // The `use:` names that exist for a kind, without running any plugin's code: for did-you-mean.
  virtual std::vector<std::string> names(std::int32_t kind) = 0;
};

}  // namespace sentinel::config
