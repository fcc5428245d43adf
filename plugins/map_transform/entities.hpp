// The entities of HTML as the characters that they stand for.
#pragma once

#include <string>
#include <string_view>

namespace sentinel::map_transform {

// Appends what the entity at the front of `text` stands for, and takes it off; false if there is none. Known are the
// 252 names of HTML 4, &apos;, and numbers (&#8211; &#x1f600;), each with its semicolon; numbers 128 to 159 mean
// Windows-1252, as in every browser. REQUIRES: UTF-8.
bool take_entity(std::string_view& text, std::string& out);

// Every entity decoded, once: &amp;lt; becomes &lt;. What is no entity stays as it is.
std::string decoded_entities(std::string_view text);

}  // namespace sentinel::map_transform
