// Distinguishes e-mail addresses from text that only looks like one.
#pragma once

#include <string_view>

namespace sentinel::validate_transform {

// "" if `text` is an e-mail address in common use; else what is wrong with it, without quoting it: "has no @".
// RFC 5321 4.5.3.1 gives the lengths (local part 64 octets, the path 256 with its angle brackets, so 254), RFC
// 5322 3.2.3 the characters of the local part (dot-atom), RFC 1035 2.3.1 and RFC 1123 2.1 the labels of the domain.
// Stricter than these: the domain needs a dot, its last label a letter; no quoted local part, no address literal, ASCII
// only.
std::string_view email_fault(std::string_view text);

}  // namespace sentinel::validate_transform
