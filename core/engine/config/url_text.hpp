// The parts of an address that may be stored or shown: everything but user name and password.
#pragma once

#include <string>
#include <string_view>

namespace sentinel::config {

// "scheme://…" anywhere at the beginning of the text.
bool is_url(std::string_view text);
// REQUIRES of these two: nothing; a text that is no URL comes back as it is.
std::string without_userinfo(std::string_view text);
std::string without_userinfo_and_query(std::string_view text);
// True for user:password@ with a password that is not empty, and for ?password=.
bool holds_password(std::string_view url);

}  // namespace sentinel::config
