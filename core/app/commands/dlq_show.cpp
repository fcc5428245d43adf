// sentinel dlq show: prints one letter with its record.
#include "app/letters.hpp"
#include "app/report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

Status show_letter(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(auto store, open_store(context));
  SENTINEL_ASSIGN(const auto letter, store->find(arguments.positionals().front()));
  if (arguments.has("json"))
    print_json(letter_json(letter, true));
  else
    fmt::print("{}", letter_text(letter, exponent_of(*store, letter.pipeline)));
  return {};
}

}  // namespace

Command dlq_show_command() {
  return {.name = "dlq show",
          .summary = "Show one dead letter with its record as it was read, and as it was edited.",
          .example = "sentinel dlq show 7f3a91c2",
          .positionals = {{"LETTER"}},
          .run = run_status<show_letter>};
}

}  // namespace sentinel::app
