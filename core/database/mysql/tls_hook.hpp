// How a connection passes its TLS policy to the hook in front of libmariadb's mysql_real_connect.
#pragma once

#include "database/url.hpp"

#include <string>

namespace sentinel::database {

// The host to give to SOCI: the policy as a prefix, then the name. SOCI can neither enforce TLS nor switch LOCAL INFILE
// off, so the hook does it; and if the hook is not in effect, no such host exists and nothing connects.
std::string host_with_policy(const Url& url);

// Where the prefix shows up in an error, the hook was not in effect.
inline constexpr std::string_view kPolicyMark = "sentinel-";

}  // namespace sentinel::database
