// sentinel test: runs offline cases of pipeline files through the engine's own loop.
#include "app/command.hpp"
#include "app/json.hpp"
#include "engine/cases/case_run.hpp"
#include "engine/exit_code.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sentinel::app {
namespace {

namespace fs = std::filesystem;
constexpr int kExitCaseFailed = 1;

// The case files of a folder and of those in it, sorted; a file stands for itself.
Result<std::vector<std::string>> case_files(const std::string& path) {
  constexpr std::string_view kEnding = ".test.yaml";
  std::error_code fault;
  if (!fs::is_directory(path, fault)) return std::vector{path};
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator entry(path, fault), end; !fault && entry != end; entry.increment(fault))
    if (entry->path().filename().string().ends_with(kEnding)) files.push_back(entry->path().string());
  std::sort(files.begin(), files.end());
  if (files.empty()) return invalid_config(fmt::format("{}: it holds no file named *{}", path, kEnding));
  return files;
}

std::string place(const std::string& file, const config::Position& at) {
  return fmt::format("{}:{}:{}", file, at.line, at.column);
}

class Tester {
 public:
  Tester(Context& context, bool as_json) : context_(context), as_json_(as_json) {}

  void run_file(const std::string& path) {
    const auto loaded = cases::load_case_file(path);
    print_problems(loaded.problems);
    if (!loaded.file) return count_invalid();
    const auto pipeline = cases::load_pipeline(*loaded.file, context_.registry);
    print_problems(pipeline.problems);
    if (!pipeline.ok()) {
      fmt::print(stderr, "{}: the pipeline file has errors\n", place(path, loaded.file->position_of("pipeline")));
      return count_invalid();
    }
    const cases::Surroundings surroundings{plugins::default_search_path(), context_.registry, context_.services.stop()};
    for (const auto& one : loaded.file->cases) {
      if (context_.services.stop().requested()) return;
      const auto result = cases::run_case(*loaded.file, one, *pipeline.pipeline, surroundings);
      if (!result) {
        code_ = engine::worse_exit_code(code_, complain(result.error()));
        return;
      }
      report(path, *result);
    }
  }
  void count_invalid() { code_ = engine::worse_exit_code(code_, engine::kExitConfig); }

  int finish() {
    if (as_json_)
      print_json({{"passed", passed_}, {"failed", failed_}, {"items", items_}});
    else if (passed_ + failed_ > 0)
      fmt::print("{} passed, {} failed\n", passed_, failed_);
    const auto& stop = context_.services.stop();
    return stop.requested() ? engine::kExitSignal + stop.signal() : code_;
  }

 private:
  static void print_problems(const std::vector<config::Problem>& problems) {
    for (const auto& problem : problems) fmt::print(stderr, "{}\n", printable(problem.to_string()));
  }

  void report(const std::string& path, const cases::CaseResult& result) {
    ++(result.passed() ? passed_ : failed_);
    if (!result.passed()) code_ = engine::worse_exit_code(code_, kExitCaseFailed);
    if (!as_json_) return print(path, result);
    Json differences = Json::array();
    for (const auto& difference : result.differences)
      differences.push_back(
          {{"line", difference.at.line}, {"column", difference.at.column}, {"text", difference.text}});
    items_.push_back({{"file", path},
                      {"line", result.at.line},
                      {"case", result.name},
                      {"passed", result.passed()},
                      {"differences", std::move(differences)}});
  }

  static void print(const std::string& path, const cases::CaseResult& result) {
    fmt::print("{} {}: {}\n", result.passed() ? "pass" : "FAIL", path, printable(result.name));
    for (const auto& difference : result.differences)
      fmt::print("  {}: {}\n", place(path, difference.at), difference.text);
  }

  Context& context_;
  const bool as_json_;
  int code_ = engine::kExitBalanced;
  std::uint64_t passed_ = 0, failed_ = 0;
  Json items_ = Json::array();
};

int test_paths(Context& context, const Arguments& arguments) {
  Tester tester(context, arguments.has("json"));
  for (const auto& path : arguments.positionals()) {
    const auto files = case_files(path);
    if (!files) {
      complain(files.error());
      tester.count_invalid();
      continue;
    }
    for (const auto& file : *files) tester.run_file(file);
  }
  return tester.finish();
}

}  // namespace

Command test_command() {
  return {.name = "test",
          .summary = "Test pipeline files offline: given records in, expected rows, dead letters and money out.",
          .example = "sentinel test tests/golden/pipelines",
          .positionals = {{"PATH", 1, kAnyNumber}},
          .run = test_paths};
}

}  // namespace sentinel::app
