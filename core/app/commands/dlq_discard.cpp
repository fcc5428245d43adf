// sentinel dlq discard: closes letters as discarded, in the store and in the target.
#include "app/letters.hpp"
#include "app/report.hpp"
#include "engine/letters/discard.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

void print_sums(const Arguments& arguments, const LetterSums& sums, int exponent) {
  if (arguments.has("json"))
    print_json({{"would_discard", sums.json()}});
  else
    fmt::print("would discard {}\n", sums.text(exponent));
}

// Empty where there is nothing to do.
Result<std::vector<std::string>> chosen_ids(Context& context, const Arguments& arguments, const std::string& pipeline) {
  SENTINEL_ASSIGN(auto store, open_store(context));
  const bool is_named = arguments.positionals().size() > 1;
  if (is_named == has_filter(arguments))
    return invalid_config("name the letters to discard, or select them by --class, --code and the like");
  if (is_named && arguments.has("dry-run")) return invalid_config("--dry-run goes with --class, --code and the like");
  if (is_named) return named_ids(*store, arguments, true);
  auto filter = filter_of(arguments, context.services.clock().now_unix_ms());
  filter.pipeline = pipeline;
  for (const auto status : filter.status)
    if (!store::is_open(status))
      return invalid_config(fmt::format("letters that are {} are closed already", to_string(status)));
  std::vector<std::string> ids;
  SENTINEL_ASSIGN(const auto sums, sum_letters(*store, filter, &ids));
  const auto exponent = exponent_of(*store, pipeline);
  if (arguments.has("dry-run")) print_sums(arguments, sums, exponent);
  if (arguments.has("dry-run") ||
      (!ids.empty() && !is_confirmed(arguments, fmt::format("discard {}?", sums.text(exponent)))))
    ids.clear();
  return ids;
}

Status discard_letters(Context& context, const Arguments& arguments) {
  if (arguments.text("reason").empty() && !arguments.has("dry-run"))
    return invalid_config("--reason is required: --reason \"…\" goes on record for auditors");
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  SENTINEL_ASSIGN(const auto ids, chosen_ids(context, arguments, file.name));
  if (arguments.has("dry-run")) return {};
  if (!ids.empty())
    SENTINEL_TRY(engine::discard(file, context.registry, context.services, folder, ids, arguments.text("reason")));
  if (arguments.has("json"))
    print_json({{"discarded", ids.size()}});
  else
    fmt::print("{} dead letter{} discarded\n", ids.size(), ids.size() == 1 ? "" : "s");
  return {};
}

}  // namespace

Command dlq_discard_command() {
  return {.name = "dlq discard",
          .summary = "Discard dead letters, with a reason that stays on record.",
          .example = "sentinel dlq discard donations 7f3a91c2 --reason \"test donation\"",
          .positionals = {{"FILE|PIPELINE"}, {"LETTER", 0, kAnyNumber}},
          .options = OptionSet()
                         .text("reason", "TEXT", "why; required unless --dry-run")
                         .add(filter_options())
                         .flag("dry-run", "only report how many, and how much money")
                         .flag("yes", "do not ask on a terminal"),
          .run = run_status<discard_letters>};
}

}  // namespace sentinel::app
