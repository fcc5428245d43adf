// XXH3_128 from the header alone, so that nothing has to be linked for it.
#include "engine/ledger/content_hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sentinel::ledger {

std::string content_hash(std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  std::string hex;
  hex.reserve(2 * sizeof canonical.digest);
  for (const unsigned char byte : canonical.digest) {
    hex.push_back("0123456789abcdef"[byte >> 4]);
    hex.push_back("0123456789abcdef"[byte & 15]);
  }
  return hex;
}

}  // namespace sentinel::ledger
