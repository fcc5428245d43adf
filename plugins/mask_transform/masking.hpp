// How one value is masked. Characters are Unicode code points.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sentinel::mask_transform {

// The first `digits` hex digits of HMAC-SHA-256 under `key`. REQUIRES: digits <= 64
std::string pseudonym(std::string_view key, std::string_view value, std::size_t digits);
// The first character and ***; of an e-mail address also all from its last @ on. A text, or the part before the @, of
// fewer than three characters shows none of them. Empty stays empty. REQUIRES: is_utf8(text)
std::string partial(std::string_view text);
// REQUIRES: is_utf8(text)
std::string_view truncated(std::string_view text, std::size_t characters);

}  // namespace sentinel::mask_transform
