// Has the entry symbol, but answers nothing.
#include "raw_source.hpp"

HOSTILE_ENTRY { return nullptr; }
