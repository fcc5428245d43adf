// Reads options by their tables, and records and rows, which may have any keys, by hand.
#include "engine/cases/case_file.hpp"

#include "engine/cases/input.hpp"
#include "engine/config/option_reader.hpp"
#include "engine/config/yaml/problems.hpp"
#include "engine/config/yaml/text_file.hpp"
#include "engine/config/yaml/yaml_document.hpp"

#include <sentinel/option.hpp>

#include <algorithm>
#include <filesystem>

namespace sentinel::cases {
namespace {

using config::Node;

constexpr auto kInject = options<Inject>(
    option("source", &Inject::source, "Faults of the source; each ends one read.")
        .choices("transient", "unavailable", "throttled"),
    option(
        "sink", &Inject::sink,
        "Faults of the target; each ends one write, or one commit: unknown_outcome behind it, lost_commit before it.")
        .choices("transient", "unavailable", "throttled", "unknown_outcome", "lost_commit"));
constexpr auto kLines = options<Lines>(
    option("read", &Lines::read, "Read."), option("landed", &Lines::landed, "Inserted or updated."),
    option("unchanged", &Lines::unchanged, "In the target already."),
    option("dead_lettered", &Lines::dead_lettered, "Rejected with a reason."),
    option("filtered", &Lines::filtered, "Left out on purpose."),
    option("departed", &Lines::departed, "Filtered out now or deleted in the source, while its row is in the target.")
        .formerly("left"),
    option("superseded", &Lines::superseded, "Older than what the target or the batch holds."),
    option("settled", &Lines::settled, "Read again as it was when its letter was closed."));
constexpr auto kLetter =
    options<ExpectedLetter>(option("key", &ExpectedLetter::key, "The source's key of the record."),
                            option("stage", &ExpectedLetter::stage, "The `use:` of the stage that rejected it."),
                            option("code", &ExpectedLetter::code, "Why: bad_email, invalid_data."));
constexpr auto kExpect =
    options<Expect>(option("exit", &Expect::exit, "The exit code of the run.").min(0).max(255),
                    option("rows", &Expect::rows, "All rows of the target, in any order, with the fields that matter."),
                    option("dead_letters", &Expect::dead_letters, "All dead letters; none if left out.").of(kLetter),
                    option("records", &Expect::records, "Lines of the balance, in records.").of(kLines),
                    option("money", &Expect::money, "Lines of the balance by currency, in minor units.").of(kLines));

struct CaseOptions {
  std::string name;
  std::vector<std::string> input;  // known by name alone, like Expect::rows
  std::int64_t page = 1000;
  Inject inject;
  Expect expect;
};
constexpr auto kCase = options<CaseOptions>(
    option("name", &CaseOptions::name, "What must hold, as a sentence.").required(),
    option("input", &CaseOptions::input, "The records: a list of maps, or a YAML or JSON file that holds one."),
    option("page", &CaseOptions::page, "How many records a batch holds.").min(1).max(1000),
    option("inject", &CaseOptions::inject, "Faults on the way.").of(kInject),
    option("expect", &CaseOptions::expect, "What must come of it.").required().of(kExpect));

struct FileOptions {
  std::string pipeline;
  Ordered<std::string> types, environment;
  std::vector<std::string> key;
  std::vector<CaseOptions> cases;
};
constexpr auto kFile = options<FileOptions>(
    option("pipeline", &FileOptions::pipeline, "The pipeline file, from this file's folder.").required(),
    option("types", &FileOptions::types, "The types of the source's fields; text where a field is not named."),
    option("key", &FileOptions::key, "The fields that identify a record in the source."),
    option("environment", &FileOptions::environment, "Variables for the pipeline file; the machine's are not seen."),
    option("cases", &FileOptions::cases, "The cases.").required().of(kCase));

// Takes an entry out of the map.
std::optional<Node> take(Node& map, std::string_view key) {
  const auto found =
      std::find_if(map.entries.begin(), map.entries.end(), [&](auto& entry) { return entry.key == key; });
  if (found == map.entries.end()) return std::nullopt;
  auto value = std::move(found->value);
  map.entries.erase(found);
  return value;
}

Node* find(Node& map, std::string_view key) {
  for (auto& entry : map.entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

// What the option tables cannot describe.
struct Loose {
  std::optional<Node> input, rows;
};

std::vector<Loose> take_loose(Node& root) {
  std::vector<Loose> all;
  auto* cases = find(root, "cases");
  for (std::size_t i = 0; cases != nullptr && i < cases->items.size(); ++i) {
    auto& loose = all.emplace_back();
    loose.input = take(cases->items[i], "input");
    if (auto* expect = find(cases->items[i], "expect")) loose.rows = take(*expect, "rows");
  }
  return all;
}

class CaseReader {
 public:
  CaseReader(const std::string& path, config::Problems& problems) : problems_(problems) { file_.path = path; }

  CaseFile read(Node root) {
    auto loose = take_loose(root);
    config::OptionReader reader("the case file", problems_, file_.positions);
    const auto values = reader.read(root, kFile.c_table(), "", root.at);
    if (problems_.has_errors()) return std::move(file_);
    FileOptions options;
    if (const auto filled = kFile.fill(values.lend().root(), "", options); !filled.ok()) {
      problems_.error(file_.position_of(filled.option_path()), filled.option_path() + " " + filled.message());
      return std::move(file_);
    }
    const auto folder = std::filesystem::path(file_.path).parent_path();
    file_.pipeline = (folder / options.pipeline).lexically_normal().string();
    file_.environment.insert(options.environment.begin(), options.environment.end());
    const auto types = read_types(options.types);
    for (std::size_t i = 0; i < options.cases.size(); ++i)
      add_case(std::move(options.cases[i]), loose[i], {types, options.key}, "cases." + std::to_string(i));
    return std::move(file_);
  }

 private:
  std::vector<Field> read_types(const Ordered<std::string>& types) {
    std::vector<Field> fields;
    for (const auto& [name, type] : types) {
      if (auto field = field_of_type(name, type))
        fields.push_back(std::move(*field));
      else
        problems_.error(file_.position_of("types." + name), type_problem(name, type));
    }
    return fields;
  }

  void add_case(CaseOptions options, const Loose& loose, const SourceShape& shape, std::string path) {
    Case one;
    one.name = std::move(options.name);
    one.page = options.page;
    one.inject = std::move(options.inject);
    one.expect = std::move(options.expect);
    one.path = std::move(path);
    if (loose.input)
      read_input(*loose.input, shape, file_.path, problems_, one);
    else
      problems_.error(file_.position_of(one.path), one.path + " has no input; write a list of records, [] for none");
    if (loose.rows) one.rows = read_rows(*loose.rows, problems_);
    file_.cases.push_back(std::move(one));
  }

  config::Problems& problems_;
  CaseFile file_;
};

}  // namespace

LoadedCases load_case_file(const std::string& path) {
  config::Problems problems(path);
  LoadedCases loaded;
  const auto content = config::read_text_file(path, config::kMaxFileBytes);
  if (!content) problems.error({}, content.error().message());
  auto root = content ? config::parse_yaml(*content, problems) : std::nullopt;
  if (root && root->kind == Node::Kind::kMap)
    loaded.file = CaseReader(path, problems).read(std::move(*root));
  else if (root)
    problems.error(root->at, "a case file is a map of keys, beginning with \"pipeline:\"");
  if (problems.has_errors()) loaded.file.reset();
  loaded.problems = std::move(problems).in_order();
  return loaded;
}

}  // namespace sentinel::cases
