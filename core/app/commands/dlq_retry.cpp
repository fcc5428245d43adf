// sentinel dlq retry: replays letters through today's pipeline now, whether they are due or not. Records are fetched
// anew where the source offers that, so that a correction at the source lands.
#include "app/letters.hpp"
#include "app/report.hpp"
#include "engine/letters/replay.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

Status only_open(const store::LetterFilter& filter) {
  for (const auto status : filter.status)
    if (!store::is_open(status))
      return invalid_config(
          fmt::format("letters that are {} are closed; only open ones are replayed or discarded", to_string(status)));
  return {};
}

// What a filter chooses, shown before it is done. False: not to be done.
Result<bool> preview(Context& context, const Arguments& arguments, const store::LetterFilter& filter) {
  SENTINEL_ASSIGN(auto store, open_store(context));
  SENTINEL_ASSIGN(const auto sums, sum_letters(*store, filter));
  const auto text = sums.text(exponent_of(*store, filter.pipeline));
  if (!arguments.has("dry-run")) return sums.letters == 0 || is_confirmed(arguments, fmt::format("replay {}?", text));
  if (arguments.has("json"))
    print_json({{"would_retry", sums.json()}});
  else
    fmt::print("would replay {}\n", text);
  return false;
}

Result<int> retry_letters(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  engine::ReplayOptions options;
  options.ignore_due = true;
  options.fetch = true;
  options.filter = filter_of(arguments, context.services.clock().now_unix_ms());
  options.filter.pipeline = file.name;
  SENTINEL_TRY(only_open(options.filter));
  if (arguments.positionals().size() > 1) {
    if (has_filter(arguments) || arguments.has("dry-run"))
      return invalid_config("name letters, or select them by --class, --code and the like, not both");
    SENTINEL_ASSIGN(auto store, open_store(context));
    SENTINEL_ASSIGN(options.letter_ids, named_ids(*store, arguments, false));
  } else {
    SENTINEL_ASSIGN(const bool go_on, preview(context, arguments, options.filter));
    if (!go_on) return 0;
  }
  const auto report = engine::replay(file, context.registry, context.services, folder, options);
  print_replay(arguments, report);
  if (!report.fault.ok()) complain(report.fault);
  return report.exit_code;
}

}  // namespace

Command dlq_retry_command() {
  return {.name = "dlq retry",
          .summary = "Replay dead letters now: those named, those selected by flags, or all open ones.",
          .example = "sentinel dlq retry donations --code bad_email --dry-run",
          .positionals = {{"FILE|PIPELINE"}, {"LETTER", 0, kAnyNumber}},
          .options = filter_options()
                         .flag("dry-run", "only report how many, and how much money")
                         .flag("yes", "do not ask on a terminal"),
          .run = run_code<retry_letters>};
}

}  // namespace sentinel::app
