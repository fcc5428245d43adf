// sentinel dlq: look at dead letters, try them again, give them up.
#include "app/command.hpp"
#include "app/report.hpp"
#include "engine/pipeline/exit_code.hpp"
#include "engine/pipeline/replay.hpp"
#include "engine/store/store.hpp"

#include <fmt/format.h>

namespace sentinel::app {
namespace {

using store::LetterStatus;

Result<std::unique_ptr<store::Store>> open_store(Context& context) {
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  auto& clock = context.services.clock();
  return store::Store::open(folder, [&clock] { return clock.now_unix_ms(); });
}

Status must_have_run(store::Store& store, const std::string& pipeline) {
  SENTINEL_ASSIGN(const auto runs, store.last_runs(pipeline, 1));
  if (!runs.empty()) return {};
  return invalid_config(
      fmt::format("no pipeline \"{}\" has run with this state folder; see \"sentinel status\"", pipeline));
}

Status list_letters(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(auto store, open_store(context));
  store::LetterFilter filter;
  if (!arguments.words().empty()) {
    SENTINEL_ASSIGN(filter.pipeline, pipeline_of(arguments.words().front(), context));
  }
  if (arguments.has("all"))
    filter.status = {LetterStatus::kWaiting, LetterStatus::kQuarantined, LetterStatus::kRecovered,
                     LetterStatus::kSuperseded, LetterStatus::kDiscarded};
  if (arguments.has("code")) filter.code = arguments.value("code");
  if (arguments.has("stage")) filter.stage = arguments.value("stage");
  if (arguments.has("key")) filter.source_key = arguments.value("key");
  SENTINEL_ASSIGN(const auto letters, store->list(filter));
  if (letters.empty() && !filter.pipeline.empty()) SENTINEL_TRY(must_have_run(*store, filter.pipeline));
  const auto now_ms = context.services.clock().now_unix_ms();
  if (arguments.has("json")) {
    std::vector<std::string> items;
    for (const auto& letter : letters) items.push_back(letter_json(letter, false));
    fmt::print("{}", json_items(items));
    return {};
  }
  for (const auto& letter : letters)
    fmt::print("{}", letter_line(letter, now_ms, exponent_of(*store, letter.pipeline)));
  if (letters.empty()) fmt::print("no {}dead letters\n", arguments.has("all") ? "" : "open ");
  return {};
}

Status show_letter(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(auto store, open_store(context));
  SENTINEL_ASSIGN(const auto letter, store->find(arguments.words().front()));
  fmt::print("{}", arguments.has("json") ? letter_json(letter, true) + "\n"
                                         : letter_text(letter, exponent_of(*store, letter.pipeline)));
  return {};
}

// The words behind FILE|PIPELINE as full letter ids. An id that only the destination knows is taken as it is if it is
// whole.
Result<std::vector<std::string>> full_ids(Context& context, const Arguments& arguments, bool may_be_unknown) {
  SENTINEL_ASSIGN(auto store, open_store(context));
  std::vector<std::string> ids;
  for (std::size_t i = 1; i < arguments.words().size(); ++i) {
    const auto& word = arguments.words()[i];
    auto letter = store->find(word);
    if (letter)
      ids.push_back(letter->letter_id);
    else if (may_be_unknown && word.size() == 32)
      ids.push_back(word);
    else
      return std::move(letter).error();
  }
  return ids;
}

Result<config::PipelineFile> pipeline_file(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  SENTINEL_ASSIGN(const auto path, file_of(arguments.words().front(), folder, context));
  auto loaded = load(context, path);
  if (!loaded.ok()) return invalid_config(fmt::format("{} has errors", path));
  return std::move(*loaded.pipeline);
}

Result<int> retry_letters(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  pipeline::ReplayOptions options;
  SENTINEL_ASSIGN(options.letter_ids, full_ids(context, arguments, false));
  options.ignore_due = true;
  const auto report = pipeline::replay(file, context.registry, context.services, folder, options);
  fmt::print("{}", arguments.has("json") ? replay_json(report) : replay_text(report));
  if (!report.fault.ok()) complain(report.fault);
  return report.exit_code;
}

Status discard_letters(Context& context, const Arguments& arguments) {
  if (arguments.value("reason").empty()) return invalid_config("say why with --reason \"…\": an auditor will ask");
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  SENTINEL_ASSIGN(const auto ids, full_ids(context, arguments, true));
  SENTINEL_TRY(pipeline::discard(file, context.registry, context.services, folder, ids, arguments.value("reason")));
  if (arguments.has("json"))
    fmt::print("{{\"schema_version\":1,\"discarded\":{}}}\n", ids.size());
  else
    fmt::print("{} dead letter{} given up\n", ids.size(), ids.size() == 1 ? "" : "s");
  return {};
}

template <Status (*body)(Context&, const Arguments&)>
int run_status(Context& context, const Arguments& arguments) {
  const auto status = body(context, arguments);
  return status.ok() ? pipeline::kExitBalanced : complain(status);
}

int run_retry(Context& context, const Arguments& arguments) {
  const auto code = retry_letters(context, arguments);
  return code ? *code : complain(code.error());
}

}  // namespace

Command dlq_list_command() {
  return {"dlq list",
          "[FILE|PIPELINE]",
          "List the open dead letters and why each died.",
          "sentinel dlq list donations --code bad_email",
          {{"all", "", "closed ones too"},
           {"code", "CODE", "only this code: invalid_data, bad_email, 1264, …"},
           {"stage", "USE", "only those refused by this stage"},
           {"key", "KEY", "only this source key"}},
          0,
          1,
          run_status<list_letters>};
}

Command dlq_show_command() {
  return {"dlq show",
          "LETTER",
          "Show one dead letter with its record as it was read.",
          "sentinel dlq show 7f3a91c2",
          {},
          1,
          1,
          run_status<show_letter>};
}

Command dlq_retry_command() {
  return {"dlq retry",
          "FILE|PIPELINE [LETTER…]",
          "Try dead letters again now: those named, or all open ones.",
          "sentinel dlq retry donations 7f3a91c2",
          {},
          1,
          kAnyNumber,
          run_retry};
}

Command dlq_discard_command() {
  return {"dlq discard",
          "FILE|PIPELINE LETTER…",
          "Give dead letters up, with a reason that stays on record.",
          "sentinel dlq discard donations 7f3a91c2 --reason \"test donation\"",
          {{"reason", "TEXT", "why; required"}},
          2,
          kAnyNumber,
          run_status<discard_letters>};
}

}  // namespace sentinel::app
