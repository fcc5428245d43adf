// sentinel dlq list: lists letters, each with the reason for its rejection.
#include "app/letters.hpp"
#include "app/report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

using store::LetterStatus;

Status must_have_run(store::Store& store, const std::string& pipeline) {
  SENTINEL_ASSIGN(const auto runs, store.last_runs(pipeline, 1));
  if (!runs.empty()) return {};
  return invalid_config(
      fmt::format("no pipeline \"{}\" has run with this state folder; see \"sentinel status\"", pipeline));
}

Status list_letters(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(auto store, open_store(context));
  const auto now_ms = context.services.clock().now_unix_ms();
  auto filter = filter_of(arguments, now_ms);
  if (!arguments.positionals().empty()) {
    SENTINEL_ASSIGN(filter.pipeline, pipeline_of(arguments.positionals().front(), context));
  }
  if (arguments.has("all") && filter.status.empty())
    filter.status = {LetterStatus::kWaiting, LetterStatus::kQuarantined, LetterStatus::kRecovered,
                     LetterStatus::kSuperseded, LetterStatus::kDiscarded};
  SENTINEL_ASSIGN(const auto letters, store->list(filter));
  if (letters.empty() && !filter.pipeline.empty()) SENTINEL_TRY(must_have_run(*store, filter.pipeline));
  if (arguments.has("json")) {
    auto items = Json::array();
    for (const auto& letter : letters) items.push_back(letter_json(letter, false));
    print_json_items(std::move(items));
    return {};
  }
  for (const auto& letter : letters)
    fmt::print("{}", letter_line(letter, now_ms, exponent_of(*store, letter.pipeline)));
  if (letters.empty()) fmt::print("no {}dead letters\n", filter.status.empty() ? "open " : "such ");
  return {};
}

}  // namespace

Command dlq_list_command() {
  return {.name = "dlq list",
          .summary = "List the open dead letters and why each was rejected.",
          .example = "sentinel dlq list donations --code bad_email --older-than 2d",
          .positionals = {{"FILE|PIPELINE", 0, 1}},
          .options = OptionSet().flag("all", "closed ones too").add(filter_options()),
          .run = run_status<list_letters>};
}

}  // namespace sentinel::app
