// Its call table ends before the call that every source must have.
#include "raw_source.hpp"

#include <cstddef>

HOSTILE_ENTRY {
  static hostile::Description self("short_calls");
  self.calls.struct_size = offsetof(sentinel_source_calls, read);
  return &self.plugin;
}
