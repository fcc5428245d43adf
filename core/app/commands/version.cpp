// sentinel version: prints the version of the program.
#include "app/command.hpp"
#include "app/json.hpp"
#include "engine/exit_code.hpp"

#include <sentinel/abi.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

int print_version(Context&, const Arguments& arguments) {
  if (arguments.has("json"))
    print_json({{"version", SENTINEL_VERSION}, {"abi_version", SENTINEL_ABI_VERSION}});
  else
    fmt::print("sentinel {} (plugin ABI {}, accepts {} and up)\n", SENTINEL_VERSION, SENTINEL_ABI_VERSION,
               SENTINEL_ABI_OLDEST);
  return engine::kExitBalanced;
}

}  // namespace

Command version_command() {
  return {.name = "version",
          .summary = "Print the version of the program and of its plugin boundary.",
          .example = "sentinel version",
          .run = print_version};
}

}  // namespace sentinel::app
