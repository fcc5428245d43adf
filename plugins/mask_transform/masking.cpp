// Masks single values; the only file that uses OpenSSL.
#include "mask_transform/masking.hpp"

#include <sentinel/text.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace sentinel::mask_transform {

std::string pseudonym(std::string_view key, std::string_view value, std::size_t digits) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(value.data()),
       value.size(), digest, &size);
  return to_hex({reinterpret_cast<const char*>(digest), size}).substr(0, digits);
}

std::string_view truncated(std::string_view text, std::size_t characters) {
  std::size_t end = 0;
  for (; end < text.size() && characters > 0; --characters) end += detail::sequence_size(text.substr(end));
  return text.substr(0, end);
}

std::string partial(std::string_view text) {
  if (text.empty()) return {};
  const auto at = text.rfind('@');
  const bool is_address = at != std::string_view::npos && at > 0;
  const auto hidden = is_address ? text.substr(0, at) : text;
  const auto shown = code_points(hidden) < 3 ? std::string_view() : truncated(hidden, 1);
  return std::string(shown) + "***" + std::string(is_address ? text.substr(at) : std::string_view());
}

}  // namespace sentinel::mask_transform
