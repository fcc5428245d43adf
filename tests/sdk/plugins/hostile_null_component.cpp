// Lists a component that is not there.
#include "raw_source.hpp"

HOSTILE_ENTRY {
  static hostile::Description self("null_component");
  self.components[0] = nullptr;
  return &self.plugin;
}
