// Places where a test can kill the program, to show that nothing is lost there. They do nothing unless SENTINEL_FAIL
// names one.
#pragma once

#include <string_view>

namespace sentinel::telemetry {

// SENTINEL_FAIL="deliver.written:kill@3" ends the process by SIGKILL when it passes that point for the third time.
void pass_fail_point(std::string_view name);

}  // namespace sentinel::telemetry
