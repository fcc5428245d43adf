// sentinel plugins schema: prints the JSON Schema of the pipeline file, for editors.
#include "app/command.hpp"
#include "engine/config/json_schema.hpp"
#include "engine/exit_code.hpp"

#include <fmt/format.h>

namespace sentinel::app {
namespace {

int print_schema(Context& context, const Arguments&) {
  std::vector<Status> refused;
  const auto schema = config::json_schema(context.registry, refused);
  for (const auto& status : refused) complain(status);
  fmt::print("{}", schema);
  return refused.empty() ? engine::kExitBalanced : engine::kExitConfig;
}

}  // namespace

Command plugins_schema_command() {
  return {.name = "plugins schema",
          .summary = "Print the JSON Schema of the pipeline file, with the options of every plugin, for editors.",
          .example = "sentinel plugins schema > sentinel.schema.json",
          .run = print_schema};
}

}  // namespace sentinel::app
