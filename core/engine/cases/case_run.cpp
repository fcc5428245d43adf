// Makes a temporary folder for each case, runs it there, and reads back the target and the letters.
#include "engine/cases/case_run.hpp"

#include "engine/cases/case_outcome.hpp"
#include "engine/cases/stand_ins.hpp"
#include "engine/config/yaml/text_file.hpp"
#include "engine/config/yaml/yaml_document.hpp"
#include "engine/delivery/target.hpp"
#include "engine/run/run.hpp"
#include "engine/stages/built_in_plugin.hpp"
#include "engine/store/store.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <mutex>

namespace sentinel::cases {
namespace {

namespace fs = std::filesystem;

// Waiting takes no time, but moves the clock to the end of the wait.
class JumpingClock final : public telemetry::Clock {
 public:
  std::int64_t now_unix_ms() override { return kStart + steady_ms(); }
  std::int64_t steady_ms() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  bool wait_until(std::int64_t steady_ms, telemetry::StopSignal& stop) override {
    const std::lock_guard lock(mutex_);
    now_ = std::max(now_, steady_ms);
    return stop.requested();
  }

 private:
  static constexpr std::int64_t kStart = 1'767'225'600'000;  // 2026-01-01
  std::mutex mutex_;
  std::int64_t now_ = 0;
};

class SilentLog final : public telemetry::Log {
 public:
  void write(LogLevel, std::string_view) override {}
};

class TemporaryFolder {
 public:
  static Result<std::unique_ptr<TemporaryFolder>> make() {
    auto pattern = (fs::temp_directory_path() / "sentinel-case-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      return Status(Code::kStorage, "no temporary folder " + pattern + " can be made");
    return std::make_unique<TemporaryFolder>(pattern);
  }
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  const fs::path path_;
};

// The sink with its target in the folder: a database address becomes an SQLite file, a path another path.
Result<config::StageConfig> pointed_at(const fs::path& folder, const config::StageConfig& sink) {
  auto pointed = sink;
  config::OptionTree::Map options;
  bool is_pointed = false;
  for (const auto& [name, value] : std::get<config::OptionTree::Map>(sink.options.value())) {
    const auto place = name == "connection" ? "sqlite:" + (folder / "target.db").string()
                       : name == "path"     ? (folder / "target").string()
                                            : std::string();
    is_pointed = is_pointed || !place.empty();
    options.emplace_back(name, place.empty() ? value : config::OptionTree::text(place));
  }
  if (!is_pointed)
    return invalid_config(
        fmt::format("sink {} has neither the option connection nor path, so it cannot be pointed at "
                    "a temporary target; sentinel test runs no pipeline into a real one",
                    sink.use));
  pointed.options = config::OptionTree::map(std::move(options));
  return pointed;
}

// All rows of the target, by the sink's own scan; if it offers none, what the sink was given.
Result<std::vector<Row>> rows_of(const config::PipelineFile& file, const Schema& schema, const StandIns& stand_ins,
                                 plugins::Registry& registry, telemetry::HostServices& services) {
  SENTINEL_ASSIGN(auto sink, engine::open_sink(file, registry, services));
  if (!sink->offers_scan() || schema.size() == 0) return stand_ins.taken();
  SENTINEL_TRY(sink->bind(schema));
  std::vector<Row> rows;
  std::string cursor;
  while (true) {
    SENTINEL_ASSIGN(const auto page, sink->scan(cursor, 1000));
    const auto view = page.batch.view(schema);
    for (std::int64_t row = 0; row < view.rows(); ++row) rows.push_back(row_of(view, row));
    if (page.done) return rows;
    cursor = page.next;
  }
}

Result<std::vector<store::StoredLetter>> letters_of(const config::PipelineFile& file, const fs::path& state,
                                                    telemetry::Clock& clock) {
  SENTINEL_ASSIGN(auto store, store::Store::open(state, [&clock] { return clock.now_unix_ms(); }));
  store::LetterFilter open;
  open.pipeline = file.name;
  return store->list(open);
}

}  // namespace

config::LoadedFile load_pipeline(const CaseFile& file, plugins::Registry& registry) {
  const auto text = config::read_text_file(file.pipeline, config::kMaxFileBytes).value_or("");
  return config::load_pipeline_file(
      file.pipeline, registry, [&](const std::string& name) -> std::optional<std::string> {
        if (const auto own = file.environment.find(name); own != file.environment.end()) return own->second;
        const bool has_default = text.find("${env:" + name + ":-") != std::string::npos;
        return has_default ? std::nullopt : std::optional<std::string>("sqlite:placeholder");
      });
}

Result<CaseResult> run_case(const CaseFile& file, const Case& one, const config::PipelineFile& given,
                            const Surroundings& surroundings) {
  SENTINEL_ASSIGN(const auto folder, TemporaryFolder::make());
  auto pipeline = given;
  SENTINEL_ASSIGN(pipeline.sink, pointed_at(folder->path(), given.sink));
  SENTINEL_ASSIGN(const auto* source, surroundings.registry.find(SENTINEL_KIND_SOURCE, given.source.use));
  SENTINEL_ASSIGN(const auto* sink, surroundings.registry.find(SENTINEL_KIND_SINK, given.sink.use));
  StandIns stand_ins(one, *source, *sink);
  plugins::Registry registry(surroundings.plugin_folders, {StandIns::entry, sentinel_builtin_stages});
  JumpingClock clock;
  SilentLog log;
  telemetry::HostServices services(clock, surroundings.stop, log, 1);
  const auto state = folder->path() / "state";
  const auto report = engine::run(pipeline, registry, services, state, {});

  Outcomes outcomes{report, {}, {}, stand_ins.faults_left()};
  if (one.rows && report.balance.records(BalanceLine::kRead) > 0) {
    auto rows = rows_of(pipeline, stand_ins.bound(), stand_ins, surroundings.registry, services);
    if (!rows) return std::move(rows).error().prefixed("the rows of the temporary target cannot be read: ");
    outcomes.rows = std::move(*rows);
  }
  SENTINEL_ASSIGN(outcomes.letters, letters_of(pipeline, state, clock));
  return CaseResult{one.name, file.position_of(one.path), compare(file, one, outcomes)};
}

}  // namespace sentinel::cases
