// Built for a version of the boundary that does not exist yet.
#include "raw_source.hpp"

HOSTILE_ENTRY {
  static hostile::Description self("too_new");
  self.plugin.abi_version = SENTINEL_ABI_VERSION + 41;
  return &self.plugin;
}
