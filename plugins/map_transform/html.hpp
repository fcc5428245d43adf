// Converts HTML to the text that a reader would see.
#pragma once

#include <string>
#include <string_view>

namespace sentinel::map_transform {

// Tags and comments (WordPress's block comments among them) are removed, script and style with their contents. Block
// elements and <br> begin a new line, several in a row only one; cells are separated by a space; other white space
// becomes one space. Entities are decoded last, so &lt;b&gt; comes out as <b>. A < that begins no tag stays. REQUIRES:
// UTF-8.
std::string html_to_text(std::string_view html);

// Without WordPress's shortcodes: [name], [name attributes], [/name]; what is between two of them stays, and so do
// brackets without a name. [[name]] is an escaped one, and becomes [name].
std::string without_shortcodes(std::string_view text);

}  // namespace sentinel::map_transform
