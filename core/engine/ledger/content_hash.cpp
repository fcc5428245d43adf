// XXH3_128 from its header, so that no library has to be linked for it.
#include "engine/ledger/content_hash.hpp"

#include <sentinel/text.hpp>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sentinel::ledger {

std::string content_hash(std::string_view bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  return to_hex({reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest});
}

}  // namespace sentinel::ledger
