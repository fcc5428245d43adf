// sentinel dlq erase: deletes the stored content of a record; the fact that it was owed stays.
#include "app/letters.hpp"
#include "engine/letters/discard.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

Status erase_letters(Context& context, const Arguments& arguments) {
  const auto key = arguments.text("key");
  if (key.empty()) return invalid_config("--key must be the source key that dlq list shows, not empty");
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  SENTINEL_ASSIGN(const auto letters, engine::erase(file, context.registry, context.services, folder, key,
                                                    fmt::format("by {}", operator_name())));
  if (letters == 0) return invalid_config(fmt::format("pipeline {} has no dead letter of key \"{}\"", file.name, key));
  if (arguments.has("json"))
    print_json({{"erased", letters}});
  else
    fmt::print("{} dead letter{} erased; id, amount and currency stay\n", letters, letters == 1 ? "" : "s");
  return {};
}

}  // namespace

Command dlq_erase_command() {
  return {.name = "dlq erase",
          .summary = "Erase the stored records of one source key; the fact that it was owed stays.",
          .example = "sentinel dlq erase donations --key D-1042",
          .positionals = {{"FILE|PIPELINE"}},
          .options = OptionSet().text("key", "KEY", "the source key that dlq list shows").required(),
          .run = run_status<erase_letters>};
}

}  // namespace sentinel::app
