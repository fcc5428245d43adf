// sentinel plugins test: the conformance suite of the testkit, on a finished library.
#include "app/command.hpp"
#include "app/report.hpp"
#include "app/stage_options.hpp"
#include "engine/exit_code.hpp"

#include <sentinel/testkit/conformance.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

using Json = nlohmann::ordered_json;

std::string full_name(const sentinel_component& component) {
  return fmt::format("{} {}", plugins::kind_name(component.kind), component.use);
}

// The one component that is meant.
Result<const sentinel_component*> choose(Context& context, const std::string& word, const std::string& kind) {
  SENTINEL_ASSIGN(const auto found, find_components(context, word));
  std::vector<std::string> names;
  const sentinel_component* chosen = nullptr;
  for (const auto& [info, component] : found) {
    if (component->kind == SENTINEL_KIND_BUILT_IN_STAGE ||
        (!kind.empty() && kind != plugins::kind_name(component->kind)))
      continue;
    chosen = component;
    names.push_back(full_name(*component));
  }
  if (names.size() == 1) return chosen;
  if (names.empty())
    return invalid_config(fmt::format("{} has no {} to test", word, kind.empty() ? "source, transform or sink" : kind));
  return invalid_config(fmt::format("{} could be {}; say which with --kind", word, fmt::join(names, " or ")));
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

int test_plugin(Context& context, const Arguments& arguments) {
  const auto component = choose(context, arguments.words().front(), arguments.value("kind"));
  if (!component) return complain(component.error());
  const auto options = read_stage_options(**component, arguments.value("options"), arguments.all("option"));
  if (!options) return engine::kExitConfig;
  const auto fields = arguments.has("fields") ? read_fields(arguments.value("fields")) : testkit::sample_fields();
  if (!fields) return complain(fields.error());
  const auto lent = options->lend();
  const auto report = testkit::judge(**component, lent.root(), *fields);
  if (arguments.has("json"))
    fmt::print("{}\n", report_json(report).dump());
  else
    fmt::print("{}", testkit::report_text(report));
  return report.conforms() ? engine::kExitBalanced : engine::kExitStorage;
}

}  // namespace

Command plugins_test_command() {
  return {"plugins test",
          "USE|FILE.so",
          "Run the conformance suite: does a source, transform or sink keep the rules? A sink writes to its target.",
          "sentinel plugins test build/sentinel_counter_source.so --option count=25",
          {{"options", "FILE", "its options, as YAML, as they stand in a pipeline file"},
           {"option", "NAME=VALUE", "one option; may be given again and again, and wins over the file"},
           {"fields", "FIELDS", "what a transform or sink is fed: \"ref:utf8:key amount_kobo:money(NGN,2)\""},
           {"kind", "KIND", "source, transform or sink, where a name stands for more than one"}},
          1,
          1,
          test_plugin};
}

}  // namespace sentinel::app
