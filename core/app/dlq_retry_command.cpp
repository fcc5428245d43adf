// sentinel dlq retry: letters through today's pipeline now, whether they are due or not.
#include "app/letters.hpp"
#include "app/report.hpp"
#include "engine/letters/replay.hpp"

#include <fmt/format.h>

namespace sentinel::app {
namespace {

Status only_open(const store::LetterFilter& filter) {
  for (const auto status : filter.status)
    if (!store::is_open(status))
      return invalid_config(
          fmt::format("letters that are {} are closed; only open ones are tried again or given up", to_string(status)));
  return {};
}

// What a filter chooses, shown before it is done. False: not to be done.
Result<bool> preview(Context& context, const Arguments& arguments, const store::LetterFilter& filter) {
  SENTINEL_ASSIGN(auto store, open_store(context));
  SENTINEL_ASSIGN(const auto sums, sum_letters(*store, filter));
  const auto text = sums.text(exponent_of(*store, filter.pipeline));
  if (!arguments.has("dry-run")) return sums.letters == 0 || is_confirmed(arguments, "try again " + text + "?");
  if (arguments.has("json"))
    fmt::print("{{\"schema_version\":1,\"would_retry\":{}}}\n", sums.json());
  else
    fmt::print("would try again {}\n", text);
  return false;
}

Result<int> retry_letters(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  engine::ReplayOptions options;
  options.ignore_due = true;
  SENTINEL_ASSIGN(options.filter, filter_of(arguments, context.services.clock().now_unix_ms()));
  options.filter.pipeline = file.name;
  SENTINEL_TRY(only_open(options.filter));
  if (arguments.words().size() > 1) {
    if (has_filter(arguments) || arguments.has("dry-run"))
      return invalid_config("name letters, or choose them by --class, --code and the like, not both");
    SENTINEL_ASSIGN(auto store, open_store(context));
    SENTINEL_ASSIGN(options.letter_ids, named_ids(*store, arguments, false));
  } else {
    SENTINEL_ASSIGN(const bool go_on, preview(context, arguments, options.filter));
    if (!go_on) return 0;
  }
  const auto report = engine::replay(file, context.registry, context.services, folder, options);
  fmt::print("{}", arguments.has("json") ? replay_json(report) : replay_text(report));
  if (!report.fault.ok()) complain(report.fault);
  return report.exit_code;
}

}  // namespace

Command dlq_retry_command() {
  auto flags = filter_flags();
  flags.push_back({"dry-run", "", "only say how many, and how much money"});
  flags.push_back({"yes", "", "do not ask on a terminal"});
  return {"dlq retry",
          "FILE|PIPELINE [LETTER…]",
          "Try dead letters again now: those named, those chosen by flags, or all open ones.",
          "sentinel dlq retry donations --code bad_email --dry-run",
          flags,
          1,
          kAnyNumber,
          run_code<retry_letters>};
}

}  // namespace sentinel::app
