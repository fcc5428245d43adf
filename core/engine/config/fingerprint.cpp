// XXH3 in its canonical byte order.
#include "engine/config/fingerprint.hpp"

#include <xxhash.h>

namespace sentinel::config {

std::string fingerprint(std::string_view text) {
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, XXH3_128bits(text.data(), text.size()));
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : bytes.digest) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace sentinel::config
