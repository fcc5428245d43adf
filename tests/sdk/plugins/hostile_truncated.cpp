// Describes itself in a struct that ends before its components.
#include "raw_source.hpp"

HOSTILE_ENTRY {
  static hostile::Description self("truncated");
  self.plugin.struct_size = 16;
  return &self.plugin;
}
