// sentinel version.
#include "app/command.hpp"
#include "engine/exit_code.hpp"

#include <fmt/format.h>

namespace sentinel::app {

Command version_command() {
  return {"version",
          "",
          "Print the version of the program and of its plugin boundary.",
          "sentinel version",
          {},
          0,
          0,
          [](Context&, const Arguments& arguments) -> int {
            if (arguments.has("json"))
              fmt::print("{{\"schema_version\":1,\"version\":\"{}\",\"abi_version\":{}}}\n", SENTINEL_VERSION,
                         SENTINEL_ABI_VERSION);
            else
              fmt::print("sentinel {} (plugin ABI {}, accepts {} and up)\n", SENTINEL_VERSION, SENTINEL_ABI_VERSION,
                         SENTINEL_ABI_OLDEST);
            return engine::kExitBalanced;
          }};
}

}  // namespace sentinel::app
