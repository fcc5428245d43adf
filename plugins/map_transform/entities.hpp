// Decodes HTML entities to characters.
#pragma once

#include <string>
#include <string_view>

namespace sentinel::map_transform {

// Appends the character of the entity at the front of `text`, and removes the entity; false if there is none. Known are
// the 252 names of HTML 4, &apos;, and numbers (&#8211; &#x1f600;), each with its semicolon; numbers 128 to 159 mean
// Windows-1252, as in every browser. REQUIRES: UTF-8.
bool take_entity(std::string_view& text, std::string& out);

// Every entity decoded, once: &amp;lt; becomes &lt;. Other text stays as it is.
std::string decoded_entities(std::string_view text);

}  // namespace sentinel::map_transform
