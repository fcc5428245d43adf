// Repairs one well-known kind of damage: UTF-8 that was decoded as Windows-1252 or Latin-1 and stored again.
#pragma once

#include <string>
#include <string_view>

namespace sentinel::map_transform {

// "OlÃºwÃ¡á¹£eun" -> "Olúwáṣeun", up to twice over. A text changes only if the whole of it can be written in that
// encoding and its bytes are valid UTF-8; the encodings are one to one, so the repair is reversible. REQUIRES: UTF-8.
std::string repaired_mojibake(std::string text);

}  // namespace sentinel::map_transform
