// Small components with options of every type.
#include "engine/config/test_catalogue.hpp"

#include <sentinel/plugin.hpp>

#include <stdlib.h>

#include <fstream>

namespace sentinel::config {
namespace {

enum class Pace { kSlow, kFast };
struct Login {
  std::string user;
  std::string password;
};
constexpr auto kLogin = options<Login>(option("user", &Login::user, "Who logs in.").required().formerly("username"),
                                       option("password", &Login::password, "With what.").secret());
struct Column {
  std::string name;
  std::int64_t width = 8;
};
constexpr auto kColumn = options<Column>(option("name", &Column::name, "Its name.").required().shorthand(),
                                         option("width", &Column::width, "Its width.").min(1));
struct SourceOptions {
  std::int64_t count = 10;
  std::string prefix = "INV-";
  std::string connection, token;
  Pace pace = Pace::kSlow;
  std::chrono::milliseconds wait{1500};
  ByteSize page{1 << 20};
  double rate = 0.5;
  bool strict = false;
  std::vector<std::string> statuses{"publish", "draft"};
  std::vector<Pace> paces;
  std::vector<std::int64_t> ids;
  std::vector<Column> columns;
  Ordered<std::string> headers;
  Login login;
  std::string legacy, site;
};

class CounterSource : public Source {
 public:
  static constexpr auto options = sentinel::options<SourceOptions>(
      option("count", &SourceOptions::count, "How many.").required().min(0).max(1000).identity(),
      option("prefix", &SourceOptions::prefix, "Put before every number.").identity(),
      option("connection", &SourceOptions::connection, "The database.").secret().identity(),
      option("token", &SourceOptions::token, "The key to the service.").secret(),
      option("pace", &SourceOptions::pace, "How fast.").choices("slow", "fast").formerly("speed"),
      option("wait", &SourceOptions::wait, "Between two pages.").min(10).max(60000).identity(),
      option("page", &SourceOptions::page, "Bytes of a page.").min(1024),
      option("rate", &SourceOptions::rate, "A share.").identity(),
      option("strict", &SourceOptions::strict, "Whether to be strict."),
      option("statuses", &SourceOptions::statuses, "Which ones.").identity(),
      option("paces", &SourceOptions::paces, "Several.").choices("slow", "fast"),
      option("ids", &SourceOptions::ids, "Some numbers.").min(1),
      option("columns", &SourceOptions::columns, "Columns.").of(kColumn),
      option("headers", &SourceOptions::headers, "Sent along.").secret(),
      option("login", &SourceOptions::login, "Who.").of(kLogin),
      option("legacy", &SourceOptions::legacy, "use prefix instead").deprecated(),
      option("site", &SourceOptions::site, "Which site.").identity().formerly("blog", "host"));
  CounterSource(SourceOptions, Host&) {}
  Result<Schema> schema() override { return Status{Code::kUnsupported, "not opened here"}; }
  Result<Page> read(const Cursor&, const Limits&, Rejects&) override {
    return Status{Code::kUnsupported, "not opened here"};
  }
};

struct ReservedOptions {
  std::int64_t retry = 0;
};
class ReservedSource final : public CounterSource {
 public:
  static constexpr auto options =
      sentinel::options<ReservedOptions>(option("retry", &ReservedOptions::retry, "A bad name."));
  ReservedSource(ReservedOptions, Host& host) : CounterSource({}, host) {}
};

enum class WhenEmpty { kReject, kNull };
struct Rule {
  std::string format;
  std::int64_t min = 0;
  WhenEmpty empty = WhenEmpty::kReject;
};
constexpr auto kRule =
    options<Rule>(option("format", &Rule::format, "email or url.").choices("email", "url").shorthand(),
                  option("min", &Rule::min, "The least."),
                  option("empty", &Rule::empty, "What an empty value is.").choices("reject", "null"));
struct CheckOptions {
  Ordered<Rule> rules;
};
class CheckTransform final : public Transform {
 public:
  static constexpr auto options =
      sentinel::options<CheckOptions>(option("rules", &CheckOptions::rules, "By field.").of(kRule));
  CheckTransform(CheckOptions, Host&) {}
  Result<Schema> bind(const Schema& in) override { return in; }
  Result<Applied> apply(Batch in, RowRejects&) override { return Applied{std::move(in), {}}; }
};

struct TableOptions {
  std::string connection, table;
  std::vector<std::string> key;
};
class TableSink final : public Sink {
 public:
  static constexpr auto options = sentinel::options<TableOptions>(
      option("connection", &TableOptions::connection, "The database.").secret(),
      option("table", &TableOptions::table, "The table.").required(), option("key", &TableOptions::key, "Its key."));
  TableSink(TableOptions, Host&) {}
  Status bind(const Schema&) override { return {}; }
  Status write(const BatchView&, const Claim*, RowOutcomes&) override { return {}; }
};

}  // namespace

TestCatalogue::TestCatalogue() {
  components_ = {source<CounterSource>("counter", "Counts."), source<CounterSource>("old_counter", "Counts.", 2),
                 source<ReservedSource>("reserved", "Has a bad option."), transform<CheckTransform>("check", "Checks."),
                 sink<TableSink>("table", "Fills a table.")};
}

Result<const sentinel_component*> TestCatalogue::find(std::int32_t kind, std::string_view use) {
  for (const auto& component : components_)
    if (component.kind == kind && component.use == use) return &component;
  if (use == "refused") return invalid_config("lib/refused.so: any user of this machine could replace it");
  return invalid_config("nothing called " + std::string(use) + " in /plugins");
}

std::vector<std::string> TestCatalogue::names(std::int32_t kind) {
  std::vector<std::string> names;
  for (const auto& component : components_)
    if (component.kind == kind) names.emplace_back(component.use);
  if (kind == SENTINEL_KIND_SINK) names.emplace_back("refused");
  return names;
}

TestFolder::TestFolder() {
  auto pattern = (std::filesystem::temp_directory_path() / "sentinel-config-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}
TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}
std::string TestFolder::write(const std::string& name, std::string_view content) const {
  std::ofstream(path_ / name, std::ios::binary) << content;
  return (path_ / name).string();
}

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

Loaded::Loaded(std::string_view text, const std::map<std::string, std::string>& variables)
    : own_(std::make_unique<TestFolder>()) {
  load(*own_, text, variables);
}
Loaded::Loaded(const TestFolder& folder, std::string_view text, const std::map<std::string, std::string>& variables) {
  load(folder, text, variables);
}

void Loaded::load(const TestFolder& folder, std::string_view text,
                  const std::map<std::string, std::string>& variables) {
  TestCatalogue catalogue;
  folder_ = folder.path().string() + "/";
  file_ = load_pipeline_file(folder.write("p.yaml", text), catalogue, environment_of(variables));
}

std::string Loaded::problems() const {
  std::string out;
  for (const auto& problem : file_.problems) out += (out.empty() ? "" : "\n") + problem.to_string();
  for (auto at = out.find(folder_); at != std::string::npos; at = out.find(folder_)) out.erase(at, folder_.size());
  return out;
}

std::string with_source(std::string_view lines) {
  return "version: 1\npipeline: p\nsource:\n  use: counter\n  count: 5\n" + std::string(lines) +
         "sink:\n  use: table\n  table: t\n";
}
std::string with_top(std::string_view lines) { return with_source("") + std::string(lines); }

}  // namespace sentinel::config
