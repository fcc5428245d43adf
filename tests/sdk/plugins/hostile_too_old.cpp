// Built for a version of the boundary that is no longer taken.
#include "raw_source.hpp"

HOSTILE_ENTRY {
  static hostile::Description self("too_old");
  self.plugin.abi_version = SENTINEL_ABI_OLDEST - 1;
  return &self.plugin;
}
