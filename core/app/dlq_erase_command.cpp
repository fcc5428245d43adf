// sentinel dlq erase: what is stored of one person's record, gone; that something was owed stays.
#include "app/letters.hpp"
#include "engine/letters/discard.hpp"

#include <fmt/format.h>

namespace sentinel::app {
namespace {

Status erase_letters(Context& context, const Arguments& arguments) {
  const auto key = arguments.value("key");
  if (key.empty()) return invalid_config("say whose letters with --key KEY, the source key that dlq list shows");
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  SENTINEL_ASSIGN(const auto letters,
                  engine::erase(file, context.registry, context.services, folder, key, "by " + operator_name()));
  if (letters == 0) return invalid_config(fmt::format("pipeline {} has no dead letter of key \"{}\"", file.name, key));
  if (arguments.has("json"))
    fmt::print("{{\"schema_version\":1,\"erased\":{}}}\n", letters);
  else
    fmt::print("{} dead letter{} erased; id, amount and currency stay\n", letters, letters == 1 ? "" : "s");
  return {};
}

}  // namespace

Command dlq_erase_command() {
  return {"dlq erase",
          "FILE|PIPELINE",
          "Erase the stored records of one source key; the fact that it was owed stays.",
          "sentinel dlq erase donations --key D-1042",
          {{"key", "KEY", "the source key; required"}},
          1,
          1,
          run_status<erase_letters>};
}

}  // namespace sentinel::app
