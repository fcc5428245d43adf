// The top level of a pipeline file, its built-in stages and settings, and files that cannot be read.
#include "engine/config/test_catalogue.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace sentinel::config {
namespace {

std::string top_problems(std::string_view lines) { return Loaded(with_top(lines)).problems(); }

std::string problems_at(const std::string& path) {
  TestCatalogue catalogue;
  std::string out;
  const auto file = load_pipeline_file(path, catalogue, environment_of({}));
  EXPECT_FALSE(file.ok());
  for (const auto& problem : file.problems) out += problem.to_string() + "\n";
  return out;
}

constexpr std::string_view kFull =
    "version: 1\n"
    "pipeline: donations\n"
    "source: { use: counter, count: 5 }\n"
    "transforms:\n"
    "  - use: check\n"
    "    rules: { email: email }\n"
    "sink: { use: table, table: t, key: id }\n"
    "money: { field: amount_kobo, currency: NGN }\n"
    "retry: { max_attempts: 7, initial: 100ms, max: 10s, jitter: none }\n"
    "outage: { wait: 1h }\n"
    "circuit_breaker: { max_failure_rate: 30%, window: 50 }\n"
    "dead_letter: { quarantine_after: 3 }\n";

void expect_full(const Loaded& file) {
  ASSERT_TRUE(file.ok()) << file.problems();
  EXPECT_EQ(file.problems(), "");
  EXPECT_EQ(file->name, "donations");
  EXPECT_EQ(file->source.use, "counter");
  EXPECT_EQ(file->source.kind, SENTINEL_KIND_SOURCE);
  EXPECT_EQ(file->transforms.size(), 1u);
  EXPECT_EQ(file->sink.use, "table");
  ASSERT_TRUE(file->money.has_value());
  EXPECT_EQ(file->money->currency, "NGN");
  EXPECT_EQ(file->positions.nearest("money", {}).line, 8);
  EXPECT_EQ(file->retry.max_attempts, 7);
  EXPECT_EQ(file->retry.initial.count(), 100);
  EXPECT_EQ(file->retry.jitter, stages::Jitter::kNone);
  EXPECT_EQ(file->outage.wait.count(), 3600000);
  EXPECT_EQ(file->outage.connect_wait.count(), stages::OutageOptions{}.connect_wait.count());
  EXPECT_DOUBLE_EQ(file->circuit_breaker.max_failure_rate, 0.3);
  EXPECT_EQ(file->dead_letter.quarantine_after, 3);
}

TEST(PipelineFile, IsReadWhole) { expect_full(Loaded(kFull)); }

TEST(PipelineFile, MayHaveAByteOrderMarkAndWindowsLineBreaks) {
  std::string text = "\xEF\xBB\xBF";
  for (const char c : kFull) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  expect_full(Loaded(text));
}

TEST(PipelineFile, KeysWithOptionsHaveDefaults) {
  const Loaded file(with_top(""));
  ASSERT_TRUE(file.ok()) << file.problems();
  EXPECT_FALSE(file->money.has_value());
  EXPECT_EQ(file->retry.max_attempts, stages::RetryOptions{}.max_attempts);
}

TEST(PipelineFile, ProblemsSayFileLineAndColumn) {
  EXPECT_EQ((Problem{"p.yaml", {7, 5}, false, "x"}.to_string()), "p.yaml:7:5: x");
  EXPECT_EQ((Problem{"p.yaml", {7, 5}, true, "x"}.to_string()), "p.yaml:7:5: warning: x");
  EXPECT_EQ((Problem{"p.yaml", {}, false, "x"}.to_string()), "p.yaml: x");
}

TEST(PipelineFile, ColumnsCountLettersNotBytes) {
  EXPECT_EQ(Loaded(with_source("  \"₦₦\": 1\n  statuses: [₦, [x]]\n")).problems().substr(0, 12), "p.yaml:6:3: ");
  EXPECT_EQ(Loaded(with_source("  statuses: [₦, [x]]\n")).problems(),
            "p.yaml:6:17: statuses.1 must be a text, not a list");
}

TEST(PipelineFile, EveryMistakeIsReportedInOrder) {
  EXPECT_EQ(
      Loaded("version: 2\n"
             "pipeline: My Donations\n"
             "source: { use: countr }\n"
             "sinks: { use: table }\n"
             "retry: { max_attempts: 0, max: 10ms }\n")
          .problems(),
      "p.yaml:1:10: version must be 1, not \"2\"; the file needs a newer Sentinel\n"
      "p.yaml:2:11: pipeline must be a name of lower case letters, digits, - and _, 64 at most, that begins with a "
      "letter or digit, "
      "not \"My Donations\"; write my_donations\n"
      "p.yaml:3:16: unknown source \"countr\"; did you mean \"counter\"?\n"
      "p.yaml:4:1: unknown key \"sinks\"; did you mean \"sink\"?\n"
      "p.yaml:5:24: retry.max_attempts must be at least 1, not 0");
}

TEST(PipelineFile, MissingKeysAreMissed) {
  EXPECT_EQ(Loaded("money: { field: f, currency: NGN }\n").problems(),
            "p.yaml: has no \"version:\"; write \"version: 1\"\n"
            "p.yaml: has no \"pipeline:\"; give the pipeline a name, such as \"pipeline: donations\"\n"
            "p.yaml: has no \"source:\"; a pipeline needs a source\n"
            "p.yaml: has no \"sink:\"; a pipeline needs a sink");
}

TEST(Stages, NeedAUseOfTheirKind) {
  const auto with = [](const std::string& source) {
    return Loaded("version: 1\npipeline: p\nsource: " + source + "\nsink: { use: table, table: t }\n").problems();
  };
  EXPECT_EQ(with("{ count: 1 }"), "p.yaml:3:9: source names no component; write \"use: NAME\"");
  EXPECT_EQ(with("{ type: counter }"),
            "p.yaml:3:9: source names no component; write \"use: NAME\" in place of \"type\"");
  EXPECT_EQ(with("{ use: table }"), "p.yaml:3:16: \"table\" is a sink, not a source");
  EXPECT_EQ(with("{ use: xyz }"), "p.yaml:3:16: nothing called xyz in /plugins");
  EXPECT_EQ(with("{ use: ../counter }"), "p.yaml:3:16: use must be the name of a source, not \"../counter\"");
  EXPECT_EQ(with("{ use: }"), "p.yaml:3:11: use must be the name of a source, not nothing");
  EXPECT_EQ(with("counter"), "p.yaml:3:9: source must be a map, not a text; write { use: counter } with its options");
  EXPECT_EQ(with("[counter]"), "p.yaml:3:9: source must be a map, not a list; write { use: NAME } with its options");
  EXPECT_EQ(with(""), "p.yaml:3:1: source has no value; write { use: NAME } with its options");
  EXPECT_EQ(
      with("{ use: reserved }"),
      "p.yaml:3:16: source reserved is built wrongly: its option \"retry\" has a name that Sentinel keeps for itself");
}

TEST(Stages, ARefusedPluginSaysWhy) {
  EXPECT_EQ(Loaded("version: 1\npipeline: p\nsource: { use: counter, count: 1 }\nsink: { use: refused }\n").problems(),
            "p.yaml:4:14: lib/refused.so: any user of this machine could replace it");
}

TEST(Stages, TransformsAreAList) {
  EXPECT_EQ(top_problems("transforms: { use: check }\n"),
            "p.yaml:9:13: transforms must be a list, not a map; begin each transform with \"- use: \"");
  EXPECT_EQ(top_problems("transforms:\n"),
            "p.yaml:9:1: transforms has no value; remove it, or begin each transform with \"- use: \"");
  EXPECT_EQ(top_problems("transforms: []\n"), "");
  EXPECT_EQ(top_problems("transforms: [check]\n"),
            "p.yaml:9:14: the transform must be a map, not a text; write { use: check } with its options");
}

TEST(Money, NeedsOneCurrency) {
  EXPECT_EQ(top_problems("money: { currency: NGN }\n"), "p.yaml:9:8: money needs the option \"field\", a text");
  EXPECT_EQ(top_problems("money: { field: f }\n"),
            "p.yaml:9:8: money needs currency (such as NGN), or currency_field, the field that names it");
  EXPECT_EQ(top_problems("money: { field: f, currency: NGN, currency_field: c }\n"),
            "p.yaml:9:51: money.currency_field must not stand beside currency; remove one of them");
  EXPECT_EQ(top_problems("money: { field: f, currency: ngn }\n"),
            "p.yaml:9:30: money.currency must be three capital letters such as NGN, not \"ngn\"");
  EXPECT_EQ(top_problems("money: { field: f, currency_field: c }\n"), "");
  EXPECT_EQ(top_problems("money: { field: f, currency: \"\" }\n"),
            "p.yaml:9:30: money.currency must be three capital letters such as NGN, not \"\"");
  EXPECT_EQ(top_problems("money: { field: f, currency_field: \"\" }\n"),
            "p.yaml:9:36: money.currency_field must name a field");
  EXPECT_EQ(top_problems("money: { field: f, currency: NGN, exponent: 9 }\n"),
            "p.yaml:9:45: money.exponent must be at most 4, not 9");
  EXPECT_EQ(top_problems("money:\n"), "p.yaml:9:1: money has no value; give it options or remove it");
}

TEST(BuiltinStages, HaveOptionsThatFitTogether) {
  EXPECT_EQ(top_problems("retry: { initial: 5s, max: 1s }\n"),
            "p.yaml:9:28: retry.max must be at least retry.initial (5s), not \"1s\"");
  EXPECT_EQ(top_problems("retry: { initial: 50s }\n"),
            "p.yaml:9:19: retry.initial must be at most retry.max (30s), not \"50s\"");
  EXPECT_EQ(top_problems("retry: { max_attempt: 5 }\n"),
            "p.yaml:9:10: unknown option \"max_attempt\" in retry; did you mean \"max_attempts\"?");
  EXPECT_EQ(top_problems("retry: 5\n"), "p.yaml:9:8: retry must be a map of options, not a text");
  for (const auto* rate : {"0", "20", "101%", "-1"})
    EXPECT_EQ(top_problems("circuit_breaker: { max_failure_rate: " + std::string(rate) + " }\n"),
              "p.yaml:9:38: circuit_breaker.max_failure_rate must be above 0 and at most 100%, not \"" +
                  std::string(rate) + "\"; write 20% or 0.2 for one fifth");
  EXPECT_EQ(
      top_problems("mirror: { deletes: mark, max_delete_ratio: 0% }\n"),
      "p.yaml:9:44: mirror.max_delete_ratio must be above 0 and at most 100%, not \"0%\"; write 1% or 0.01 for one "
      "in a hundred");
  EXPECT_EQ(top_problems("circuit_breaker: { max_failure_rate: 100% }\n"), "");
}

TEST(TopLevelKeys, AreDocumentedAndReserved) {
  for (const auto& key : top_level_keys()) {
    EXPECT_TRUE(is_reserved(key.name)) << key.name;
    EXPECT_NE(key.doc, nullptr) << key.name;
    EXPECT_EQ(key.options != nullptr, key.form == TopLevelKey::Form::kOptions) << key.name;
    EXPECT_EQ(key.take != nullptr, key.form == TopLevelKey::Form::kOptions) << key.name;
  }
  EXPECT_TRUE(is_reserved("use"));
  EXPECT_FALSE(is_reserved("table"));
}

TEST(TopLevelKeys, WithOptionsAreListedLikeStages) {
  std::vector<std::string> uses;
  const auto* plugin = sentinel_top_level_keys(SENTINEL_ABI_VERSION);
  for (std::uint64_t i = 0; i < plugin->component_count; ++i) {
    const auto& component = *plugin->components[i];
    uses.emplace_back(component.use);
    const bool is_setting = uses.back() == "money" || uses.back() == "mirror";
    EXPECT_EQ(component.kind, is_setting ? SENTINEL_KIND_SETTING : SENTINEL_KIND_BUILT_IN);
    EXPECT_GT(component.options->count, 0u);
    EXPECT_TRUE(std::string_view(component.doc).ends_with('.'));
  }
  EXPECT_EQ(uses, (std::vector<std::string>{"money", "retry", "outage", "circuit_breaker", "dead_letter", "mirror"}));
}

// The problems of a file with these lines, where `dead_letter` was once called `rejects` and `sink` was `target`.
std::string problems_with_former_names(const std::string& text, std::int64_t& quarantine_after) {
  std::vector<TopLevelKey> keys(top_level_keys().begin(), top_level_keys().end());
  for (auto& key : keys) {
    if (key.name == "dead_letter") key.former_names = {"rejects"};
    if (key.name == "sink") key.former_names = {"target"};
  }
  const TestFolder folder;
  TestCatalogue catalogue;
  const auto file = load_pipeline_file(folder.write("p.yaml", text), catalogue, environment_of({}), keys);
  std::string out;
  for (const auto& problem : file.problems)
    out += fmt::format("{}:{}:{}{}\n", problem.at.line, problem.at.column, problem.is_warning ? "warning: " : "",
                       problem.text);
  quarantine_after = file.ok() ? file.pipeline->dead_letter.quarantine_after : 0;
  return out;
}

TEST(TopLevelKeys, AreAcceptedByAFormerNameWithAWarning) {
  std::int64_t quarantine_after = 0;
  const std::string head = "version: 1\npipeline: p\nsource: { use: counter, count: 1 }\n";
  EXPECT_EQ(problems_with_former_names(head + "target: { use: table, table: t }\nrejects: { quarantine_after: 3 }\n",
                                       quarantine_after),
            "4:1:warning: key \"target\" is now called \"sink\"; the old name still works\n"
            "5:1:warning: key \"rejects\" is now called \"dead_letter\"; the old name still works\n");
  EXPECT_EQ(quarantine_after, 3);
  EXPECT_EQ(problems_with_former_names(head + "sink: { use: table, table: t }\nrejects: {}\ndead_letter: {}\n",
                                       quarantine_after),
            "5:1:key \"rejects\" is the former name of \"dead_letter\", which is given too; remove \"rejects\"\n");
}

TEST(Files, MissingOnesAreGuessed) {
  const TestFolder folder;
  const auto place = folder.path().string();
  EXPECT_EQ(problems_at(place + "/donations.yaml"), place + "/donations.yaml: no such file\n");
  const auto real = folder.write("donations.yaml", "");
  EXPECT_EQ(problems_at(place + "/donatoins.yaml"),
            place + "/donatoins.yaml: no such file; did you mean \"" + real + "\"?\n");
  EXPECT_EQ(problems_at(place + "/x"), place + "/x: no such file; there are: donations.yaml\n");
  EXPECT_EQ(problems_at(place + "/no/x.yaml"),
            place + "/no/x.yaml: no such file; there is no folder \"" + place + "/no\"\n");
  EXPECT_EQ(problems_at(place), place + ": is a directory; name a file in it, such as " + real + "\n");
}

TEST(Files, ThatCannotBeReadSayWhy) {
  const TestFolder folder;
  // Readable by its mode, and yet no byte of it can be read, not even by root.
  EXPECT_EQ(problems_at("/proc/self/mem"), "/proc/self/mem: cannot be read: Input/output error\n");
  const auto pipe = (folder.path() / "pipe.yaml").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(problems_at(pipe), pipe + ": is not a regular file\n");
  const auto large = folder.write("large.yaml", std::string((1 << 20) + 1, '#'));
  EXPECT_EQ(problems_at(large), large + ": is larger than 1024 KiB\n");
}

TEST(Files, EmptyOnesAreEmpty) {
  for (const auto* text : {"", "\n", "# nothing\n", "---\n", "\xEF\xBB\xBF"})
    EXPECT_EQ(Loaded(text).problems(), "p.yaml: is empty; a pipeline file begins with \"version: 1\"") << text;
}

}  // namespace
}  // namespace sentinel::config
