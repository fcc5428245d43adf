// sentinel dlq show: one letter whole.
#include "app/letters.hpp"
#include "app/report.hpp"

#include <fmt/format.h>

namespace sentinel::app {
namespace {

Status show_letter(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(auto store, open_store(context));
  SENTINEL_ASSIGN(const auto letter, store->find(arguments.words().front()));
  fmt::print("{}", arguments.has("json") ? letter_json(letter, true) + "\n"
                                         : letter_text(letter, exponent_of(*store, letter.pipeline)));
  return {};
}

}  // namespace

Command dlq_show_command() {
  return {"dlq show",
          "LETTER",
          "Show one dead letter with its record as it was read, and as it was edited.",
          "sentinel dlq show 7f3a91c2",
          {},
          1,
          1,
          run_status<show_letter>};
}

}  // namespace sentinel::app
