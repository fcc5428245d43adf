// sentinel checkpoint reset: makes the next run begin at the beginning.
#include "engine/run/checkpoint.hpp"

#include "app/command.hpp"
#include "app/json.hpp"
#include "engine/exit_code.hpp"
#include "engine/store/store.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

int reset_checkpoint(Context& context, const Arguments& arguments) {
  const auto loaded = load(context, arguments.positionals().front());
  if (!loaded.ok()) return engine::kExitConfig;
  const auto& file = *loaded.pipeline;
  const auto folder = store::open_state_folder();
  if (!folder) return complain(folder.error());
  const auto question =
      fmt::format("The next run of {} reads {} from the beginning; what is in the target already counts as unchanged.",
                  file.name, file.source_id);
  if (auto said = confirm(arguments, question); !said.ok()) return complain(said);
  const auto status = engine::reset_checkpoint(file, context.registry, context.services, *folder);
  if (!status.ok()) return complain(status);
  if (arguments.has("json"))
    print_json({{"pipeline", file.name}, {"source_id", file.source_id}, {"reset", true}});
  else
    fmt::print("{}: the next run starts from the beginning; rows already in the target count as unchanged\n",
               file.name);
  return engine::kExitBalanced;
}

}  // namespace

Command checkpoint_reset_command() {
  return {.name = "checkpoint reset",
          .summary = "Make the next run start from the beginning; rows already in the target count as unchanged.",
          .example = "sentinel checkpoint reset --yes pipelines/donations_table_to_mariadb.yaml",
          .positionals = {{"FILE"}},
          .options = OptionSet().flag("yes", "do not ask"),
          .run = reset_checkpoint};
}

}  // namespace sentinel::app
