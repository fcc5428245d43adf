// sentinel check: validates a pipeline file, its connections and its target, and reports the guarantee that it
// gets.
#include "app/command.hpp"
#include "app/json.hpp"
#include "engine/compare/sweep.hpp"
#include "engine/delivery/target.hpp"
#include "engine/exit_code.hpp"
#include "engine/flow/chain.hpp"
#include "engine/run/key_warning.hpp"
#include "engine/run/mapping_note.hpp"
#include "engine/run/run.hpp"
#include "engine/store/store.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

struct Findings {
  std::string guarantee;
  std::string plan;    // SQL that would make what is missing in the target; empty: nothing is missing
  std::string mirror;  // what a sweep does; empty: there is none
  std::vector<std::string> fields;
  std::string key_warning;  // a warning where a changed source would land everything a second time
  std::string older_rows;   // a note where rows of the target keep an older mapping
};

std::string guarantee_of(const plugins::SinkStage& sink) {
  if (sink.is_transactional()) return "exactly once: rows, ledger and checkpoint are committed together";
  if (sink.writes_whole_runs())
    return "whole runs: each run reads every record and replaces what was there when it finished, else nothing changes";
  return "at least once: the sink keeps no ledger, so a crash may write the last batch again";
}

std::string mirror_of(const config::PipelineFile& file) {
  if (!file.mirror) return "";
  const auto often = file.mirror->every.count() == 0
                         ? std::string("after each run")
                         : fmt::format("every {}", detail::duration_text(file.mirror->every.count()));
  if (file.mirror->deletes == Departure::kKeep) return fmt::format("edits that no date shows are landed {}", often);
  return fmt::format("rows of deleted records are {} {}, unless more than {:g} % are missing at once",
                     file.mirror->deletes == Departure::kMark ? "marked" : "deleted", often,
                     file.mirror->max_delete_ratio * 100);
}

// What earlier runs left in the store; where there is none, none is created.
struct Former {
  std::string older_rows, source_id;
};
Result<Former> former_of(Context& context, const config::PipelineFile& file) {
  SENTINEL_ASSIGN(const auto folder, store::open_state_folder());
  if (!std::filesystem::exists(folder / "sentinel.db")) return Former{};
  SENTINEL_ASSIGN(const auto store, open_store(context, folder));
  SENTINEL_ASSIGN(const auto note, engine::older_rows(file, *store));
  SENTINEL_ASSIGN(const auto source_id, store->state(file.name, "source_id"));
  return Former{note.value_or(""), source_id.value_or("")};
}

Result<Findings> check_pipeline(Context& context, const config::PipelineFile& file) {
  Findings findings;
  SENTINEL_ASSIGN(const auto former, former_of(context, file));
  findings.older_rows = former.older_rows;
  SENTINEL_ASSIGN(auto chain, engine::Chain::open(file, context.registry, context.services));
  if (auto status = chain->check(); !status.ok()) return engine::located(file, file.source, std::move(status));
  SENTINEL_ASSIGN(const auto schema, chain->bind());
  for (const auto& field : schema) findings.fields.push_back(fmt::format("{} {}", field.name, field.type_text()));
  SENTINEL_ASSIGN(auto sink, engine::open_sink(file, context.registry, context.services));
  SENTINEL_TRY(engine::check_mirror(file, chain->source(), *sink));
  findings.guarantee = guarantee_of(*sink);
  findings.mirror = mirror_of(file);
  auto bound = engine::bind_sink(file, *sink, schema, context.services.log(), false);
  if (!bound.needs_create())
    SENTINEL_TRY(std::move(bound));
  else if (auto plan = sink->plan(schema))
    findings.plan = *plan;
  else
    return bound;
  if (findings.plan.empty())
    findings.key_warning =
        engine::key_warning(file, context.registry, context.services, *chain, *sink, former.source_id).value_or("");
  return findings;
}

std::string findings_text(const config::PipelineFile& file, const Findings& findings) {
  auto text = fmt::format("{}: pipeline {}\n  source     {}\n", file.path, file.name, file.source_id);
  for (const auto& transform : file.transforms) text += fmt::format("  transform  {}\n", transform.use);
  text += fmt::format("  sink       {}\n  guarantee  {}\n", file.sink.use, findings.guarantee);
  if (!findings.mirror.empty()) text += fmt::format("  mirror     {}\n", findings.mirror);
  for (const auto& field : findings.fields) text += fmt::format("  field      {}\n", field);
  if (!findings.key_warning.empty()) text += fmt::format("  warning    {}\n", findings.key_warning);
  if (!findings.older_rows.empty()) text += fmt::format("  mapping    {}\n", findings.older_rows);
  if (findings.plan.empty()) return fmt::format("{}  target     ready\n", text);
  return fmt::format("{}  target     something is missing; `sentinel run` creates it, or a DBA runs this:\n\n{}\n",
                     text, findings.plan);
}

Json findings_json(const config::PipelineFile& file, const Findings& findings) {
  return {{"file", file.path},
          {"pipeline", file.name},
          {"source_id", file.source_id},
          {"guarantee", findings.guarantee},
          {"mirror", findings.mirror},
          {"fields", findings.fields},
          {"missing", findings.plan},
          {"key_warning", findings.key_warning},
          {"own_key", findings.key_warning},  // the former name of `key_warning`; deprecated
          {"older_rows", findings.older_rows}};
}

int check_files(Context& context, const Arguments& arguments) {
  auto items = Json::array();
  const int code = work_on_files(context, arguments.positionals(), [&](const config::PipelineFile& file) {
    const auto findings = check_pipeline(context, file);
    if (!findings) return complain(findings.error());
    if (arguments.has("json"))
      items.push_back(findings_json(file, *findings));
    else
      fmt::print("{}", findings_text(file, *findings));
    return static_cast<int>(engine::kExitBalanced);
  });
  if (arguments.has("json")) print_json_items(std::move(items));
  return code;
}

}  // namespace

Command check_command() {
  return {
      .name = "check",
      .summary = "Validate pipeline files, try their connections, and report which guarantee they get; writes nothing.",
      .example = "sentinel check pipelines/donations_table_to_mariadb.yaml",
      .positionals = {{"FILE", 1, kAnyNumber}},
      .run = check_files};
}

}  // namespace sentinel::app
