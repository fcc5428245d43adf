// sentinel plugins test: the conformance suite of the testkit, on a finished library.
#include "app/command.hpp"
#include "app/components.hpp"
#include "app/json.hpp"
#include "app/stage_options.hpp"
#include "app/suite_process.hpp"
#include "engine/config/yaml/text_file.hpp"
#include "engine/exit_code.hpp"
#include "engine/ledger/record_snapshot.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <sstream>

namespace sentinel::app {
namespace {

std::string full_name(const sentinel_component& component) {
  return fmt::format("{} {}", plugins::kind_name(component.kind), component.use);
}

// The one component that is meant.
Result<const sentinel_component*> choose(Context& context, const std::string& use_or_path, const std::string& kind) {
  SENTINEL_ASSIGN(const auto found, find_components(context, use_or_path));
  std::vector<std::string> names;
  const sentinel_component* chosen = nullptr;
  for (const auto& [info, component] : found) {
    if (plugins::is_in_engine(component->kind) || (!kind.empty() && kind != plugins::kind_name(component->kind)))
      continue;
    chosen = component;
    names.push_back(full_name(*component));
  }
  if (names.size() == 1) return chosen;
  if (names.empty())
    return invalid_config(
        fmt::format("{} has no {} to test", use_or_path, kind.empty() ? "source, transform or sink" : kind));
  return invalid_config(fmt::format("{} could be {}; select one with --kind", use_or_path, fmt::join(names, " or ")));
}

Json report_json(const testkit::Report& report) {
  auto checks = Json::array();
  for (const auto& check : report.checks())
    checks.push_back({{"id", check.id},
                      {"title", check.title},
                      {"answer", testkit::answer_name(check.found.answer)},
                      {"reason", as_utf8(check.found.reason)}});
  return {{"kind", report.kind()},
          {"use", report.use()},
          {"conforms", report.conforms()},
          {"passed", report.count(testkit::Answer::kPassed)},
          {"failed", report.count(testkit::Answer::kFailed)},
          {"not_applicable", report.count(testkit::Answer::kNotApplicable)},
          {"checks", std::move(checks)}};
}

// The author's own rows, one JSON object per line as a dead letter keeps a record; else rows that are made up.
Result<testkit::Samples> read_samples(const Schema& fields, const Arguments& arguments) {
  if (!arguments.has("rows")) return testkit::Samples(fields);
  if (!arguments.has("fields"))
    return invalid_config("--rows needs --fields, which gives the type of each field of its records");
  constexpr std::size_t kMostBytes = 64 << 20;
  const auto path = arguments.text("rows");
  auto text = config::read_text_file(path, kMostBytes);
  if (!text) return std::move(text).error().prefixed(fmt::format("{}: ", path));
  std::vector<std::string> records;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);)
    if (line.find_first_not_of(" \t\r") != std::string::npos) records.push_back(line);
  if (records.empty()) return invalid_config(fmt::format("{}: holds no record; write one JSON object per line", path));
  auto batch = ledger::batch_from_snapshots(fields, records);
  if (!batch) return std::move(batch).error().with_code(Code::kInvalidConfig).prefixed(fmt::format("{}: ", path));
  SENTINEL_TRY(batch->fault());
  return testkit::Samples(fields, *std::move(batch));
}

int test_plugin(Context& context, const Arguments& arguments) {
  const auto component = choose(context, arguments.positionals().front(), arguments.text("kind"));
  if (!component) return complain(component.error());
  const auto options = read_stage_options(**component, arguments.text("options"), arguments.pairs("option"));
  if (!options) return engine::kExitConfig;
  const auto fields = arguments.has("fields") ? read_fields(arguments.text("fields")) : testkit::sample_fields();
  if (!fields) return complain(fields.error());
  const auto samples = read_samples(*fields, arguments);
  if (!samples) return complain(samples.error());
  testkit::TimeLimit limit;
  limit.per_check = arguments.duration("time-limit").value_or(limit.per_check);
  const auto lent = options->lend();
  const auto report = testkit::run_conformance_apart(**component, lent.root(), *samples, limit);
  if (arguments.has("json"))
    print_json(report_json(report));
  else
    fmt::print("{}", testkit::report_text(report));
  return report.conforms() ? engine::kExitBalanced : engine::kExitStorage;
}

}  // namespace

Command plugins_test_command() {
  return {.name = "plugins test",
          .summary =
              "Run the conformance suite: does a source, transform or sink keep the rules? A sink writes to its "
              "target.",
          .example = "sentinel plugins test build/sentinel_counter_source.so --option count=25",
          .positionals = {{"USE|FILE.so"}},
          .options = OptionSet()
                         .path("options", "FILE", "its options, as YAML, as they stand in a pipeline file")
                         .pairs("option", "NAME=VALUE", "one option; may be repeated, and wins over the file")
                         .text("fields", "FIELDS",
                               "what a transform or sink is fed: \"ref:utf8:key amount_kobo:money(NGN,2)\"")
                         .path("rows", "FILE", "your own records to feed it, one JSON object per line; needs --fields")
                         .duration("time-limit", "DURATION", std::chrono::milliseconds(1),
                                   "how long one check may take; 1m unless given")
                         .choice("kind", "KIND", {"source", "transform", "sink"},
                                 "which one is meant where a name stands for several"),
          .run = test_plugin};
}

}  // namespace sentinel::app
