// sentinel dlq discard: letters given up, here and in the destination.
#include "app/letters.hpp"
#include "app/report.hpp"
#include "engine/letters/discard.hpp"

#include <fmt/format.h>

namespace sentinel::app {
namespace {

void say_sums(const Arguments& arguments, const LetterSums& sums, int exponent) {
  if (arguments.has("json"))
    fmt::print("{{\"schema_version\":1,\"would_discard\":{}}}\n", sums.json());
  else
    fmt::print("would give up {}\n", sums.text(exponent));
}

// Empty where there is nothing to do.
Result<std::vector<std::string>> chosen_ids(Context& context, const Arguments& arguments, const std::string& pipeline) {
  SENTINEL_ASSIGN(auto store, open_store(context));
  const bool is_named = arguments.words().size() > 1;
  if (is_named == has_filter(arguments))
    return invalid_config("name the letters to give up, or choose them by --class, --code and the like");
  if (is_named && arguments.has("dry-run")) return invalid_config("--dry-run goes with --class, --code and the like");
  if (is_named) return named_ids(*store, arguments, true);
  SENTINEL_ASSIGN(auto filter, filter_of(arguments, context.services.clock().now_unix_ms()));
  filter.pipeline = pipeline;
  for (const auto status : filter.status)
    if (!store::is_open(status))
      return invalid_config(fmt::format("letters that are {} are closed already", to_string(status)));
  std::vector<std::string> ids;
  SENTINEL_ASSIGN(const auto sums, sum_letters(*store, filter, &ids));
  const auto exponent = exponent_of(*store, pipeline);
  if (arguments.has("dry-run")) say_sums(arguments, sums, exponent);
  if (arguments.has("dry-run") || (!ids.empty() && !is_confirmed(arguments, "give up " + sums.text(exponent) + "?")))
    ids.clear();
  return ids;
}

Status discard_letters(Context& context, const Arguments& arguments) {
  if (arguments.value("reason").empty() && !arguments.has("dry-run"))
    return invalid_config("say why with --reason \"…\": an auditor will ask");
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  SENTINEL_ASSIGN(const auto ids, chosen_ids(context, arguments, file.name));
  if (arguments.has("dry-run")) return {};
  if (!ids.empty())
    SENTINEL_TRY(engine::discard(file, context.registry, context.services, folder, ids, arguments.value("reason")));
  if (arguments.has("json"))
    fmt::print("{{\"schema_version\":1,\"discarded\":{}}}\n", ids.size());
  else
    fmt::print("{} dead letter{} given up\n", ids.size(), ids.size() == 1 ? "" : "s");
  return {};
}

}  // namespace

Command dlq_discard_command() {
  auto flags = filter_flags();
  flags.insert(flags.begin(), {"reason", "TEXT", "why; required"});
  flags.push_back({"dry-run", "", "only say how many, and how much money"});
  flags.push_back({"yes", "", "do not ask on a terminal"});
  return {"dlq discard",
          "FILE|PIPELINE [LETTER…]",
          "Give dead letters up, with a reason that stays on record.",
          "sentinel dlq discard donations 7f3a91c2 --reason \"test donation\"",
          flags,
          1,
          kAnyNumber,
          run_status<discard_letters>};
}

}  // namespace sentinel::app
