// Throws out of its entry symbol.
#include "raw_source.hpp"

#include <stdexcept>

HOSTILE_ENTRY { throw std::runtime_error("no licence found"); }
