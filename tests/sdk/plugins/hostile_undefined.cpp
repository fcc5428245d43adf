// Needs a function that nobody has.
#include "raw_source.hpp"

void function_that_nobody_has();

HOSTILE_ENTRY {
  function_that_nobody_has();
  return nullptr;
}
