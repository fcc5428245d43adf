// sentinel preview: sends the first records through every stage, and checks whether the target fits; writes nothing.
#include "app/command.hpp"
#include "app/json.hpp"
#include "engine/delivery/target.hpp"
#include "engine/exit_code.hpp"
#include "engine/flow/chain.hpp"
#include "engine/ledger/value_text.hpp"
#include "engine/run/run.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

#include <sys/ioctl.h>
#include <unistd.h>

namespace sentinel::app {
namespace {

// What a stage gave, as text; null values stay apart.
struct StageTable {
  std::string kind, use;
  std::vector<std::pair<std::string, std::string>> fields;  // name, type
  struct Row {
    std::int64_t record = 0;  // from 1, in the order of the source
    std::vector<std::optional<std::string>> values;
  };
  std::vector<Row> rows;
  std::vector<engine::EndedRecord> ended;
};

StageTable table_of(const engine::StageOutput& output) {
  StageTable table{std::string(plugins::kind_name(output.stage.kind)), output.stage.use, {}, {}, output.ended};
  for (const auto& field : output.schema) table.fields.emplace_back(field.name, field.type_text());
  const auto view = output.batch.view(output.schema);
  for (std::int64_t i = 0; i < view.rows(); ++i) {
    auto& row = table.rows.emplace_back();
    row.record = output.origin[static_cast<std::size_t>(i)] + 1;
    for (std::size_t field = 0; field < output.schema.size(); ++field) {
      const auto column = view.column(field);
      row.values.push_back(column.is_null(i) ? std::nullopt : std::optional(ledger::value_text(column, i)));
    }
  }
  return table;
}

struct Preview {
  std::vector<StageTable> stages;
  std::uint64_t records = 0;
  std::int64_t sink_rows = 0;
  std::string plan;  // what would be created in the target
  Status target;     // ok: the target fits, or can be created
};

Status check_target(Context& context, const config::PipelineFile& file, const Schema& schema, Preview& preview) {
  SENTINEL_ASSIGN(auto sink, engine::open_sink(file, context.registry, context.services));
  auto bound = engine::bind_sink(file, *sink, schema, context.services.log(), false);
  if (!bound.needs_create()) return bound;
  auto plan = sink->plan(schema);
  if (!plan) return bound;
  preview.plan = std::move(*plan);
  return {};
}

Result<Preview> look_ahead(Context& context, const config::PipelineFile& file, std::int64_t rows) {
  constexpr std::int64_t kMostBytes = 4 << 20;
  Preview preview;
  SENTINEL_ASSIGN(auto chain, engine::Chain::open(file, context.registry, context.services));
  SENTINEL_ASSIGN(const auto schema, chain->bind());
  chain->watch([&](const engine::StageOutput& output) { preview.stages.push_back(table_of(output)); });
  std::string cursor;
  while (true) {  // a page may be empty and still not the last
    preview.stages.clear();
    SENTINEL_ASSIGN(const auto batch, chain->next(cursor, rows, kMostBytes));
    preview.records = batch.records();
    preview.sink_rows = batch.arriving.rows.rows();
    if (preview.records > 0 || batch.done) break;
    cursor = batch.next_cursor;
  }
  preview.target = check_target(context, file, schema, preview);
  return preview;
}

// --- as text

// At most `width` characters, of which the last is … where something is missing.
std::string cut(const std::string& text, std::size_t width) {
  if (static_cast<std::size_t>(code_points(text)) <= width) return text;
  std::size_t end = 0;
  for (std::size_t characters = 0; end < text.size(); ++end)
    if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && ++characters == width) break;
  return fmt::format("{}…", std::string_view(text).substr(0, end));
}

// The terminal's; a file or pipe takes everything.
std::size_t line_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0) return std::string::npos;
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void print_lines(const std::vector<std::vector<std::string>>& lines) {
  const auto most = line_width();
  std::vector<std::size_t> widths;
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], static_cast<std::size_t>(code_points(line[i])));
    }
  for (const auto& line : lines) {
    std::string text = " ";
    for (std::size_t i = 0; i < line.size(); ++i) {
      text += fmt::format(" {}", line[i]);
      if (i + 1 < line.size()) text += std::string(widths[i] - static_cast<std::size_t>(code_points(line[i])) + 1, ' ');
    }
    fmt::print("{}\n", cut(text, most));
  }
}

void print_stage(const StageTable& stage) {
  constexpr std::size_t kWidestCell = 32;
  fmt::print("\n{} {}: {} row{}\n", stage.kind, stage.use, stage.rows.size(), stage.rows.size() == 1 ? "" : "s");
  std::vector<std::vector<std::string>> lines(2);
  lines[0].push_back("#");
  lines[1].emplace_back();
  for (const auto& [name, type] : stage.fields) {
    lines[0].push_back(printable(name));
    lines[1].push_back(type);
  }
  for (const auto& row : stage.rows) {
    auto& line = lines.emplace_back();
    line.push_back(fmt::format("{}", row.record));
    for (const auto& value : row.values) line.push_back(value ? cut(printable(*value), kWidestCell) : "(null)");
  }
  print_lines(lines);
  for (const auto& ended : stage.ended) {
    const auto who = ended.row < 0 ? fmt::format("record {}", printable(ended.key)) : fmt::format("#{}", ended.row + 1);
    fmt::print("  {} {}: {}\n", ended.is_filtered ? "filtered" : "rejected", who, printable(ended.why.message()));
  }
}

void print_preview(const config::PipelineFile& file, const Preview& preview) {
  fmt::print("{}: the first {} records through every stage; nothing is written\n", file.path, preview.records);
  for (const auto& stage : preview.stages) print_stage(stage);
  fmt::print("\nsink {}: would get {} of {} records\n", file.sink.use, preview.sink_rows, preview.records);
  if (!preview.target.ok())
    std::fflush(stdout);  // the fault follows on standard error
  else if (preview.plan.empty())
    fmt::print("  target: ready\n");
  else
    fmt::print("  target: something is missing; `sentinel run` creates it, `sentinel check` prints the SQL\n");
}

// --- as data

Json stage_json(const StageTable& stage) {
  Json out = {{"kind", stage.kind},    {"use", stage.use},          {"fields", Json::array()},
              {"rows", Json::array()}, {"filtered", Json::array()}, {"rejected", Json::array()}};
  for (const auto& [name, type] : stage.fields) out["fields"].push_back({{"name", name}, {"type", type}});
  for (const auto& row : stage.rows) {
    Json values = Json::object();
    for (std::size_t i = 0; i < row.values.size(); ++i)
      values[stage.fields[i].first] = row.values[i] ? Json(*row.values[i]) : Json();
    out["rows"].push_back({{"record", row.record}, {"values", std::move(values)}});
  }
  for (const auto& ended : stage.ended) {
    Json entry = ended.row < 0 ? Json{{"key", ended.key}} : Json{{"record", ended.row + 1}};
    if (!ended.is_filtered) entry["code"] = to_string(ended.why.code());
    if (!ended.is_filtered) entry["native_code"] = ended.why.native_code();
    entry["reason"] = ended.why.message();
    out[ended.is_filtered ? "filtered" : "rejected"].push_back(std::move(entry));
  }
  return out;
}

Json preview_json(const config::PipelineFile& file, const Preview& preview) {
  Json stages = Json::array();
  for (const auto& stage : preview.stages) stages.push_back(stage_json(stage));
  const auto* target = !preview.target.ok() ? "does not fit" : preview.plan.empty() ? "ready" : "missing";
  return {{"file", file.path},
          {"pipeline", file.name},
          {"records", preview.records},
          {"stages", std::move(stages)},
          {"sink",
           {{"use", file.sink.use},
            {"rows", preview.sink_rows},
            {"target", target},
            {"missing", preview.plan},
            {"fault", preview.target.message()}}}};
}

int preview(Context& context, const Arguments& arguments) {
  const auto loaded = load(context, arguments.positionals().front());
  if (!loaded.ok()) return engine::kExitConfig;
  const auto seen = look_ahead(context, *loaded.pipeline, *arguments.integer("rows"));
  if (!seen) return complain(seen.error());
  if (arguments.has("json"))
    print_json(preview_json(*loaded.pipeline, *seen));
  else
    print_preview(*loaded.pipeline, *seen);
  return seen->target.ok() ? engine::kExitBalanced : complain(seen->target);
}

}  // namespace

Command preview_command() {
  return {.name = "preview",
          .summary = "Show the first records after every stage, and whether the target fits; writes nothing.",
          .example = "sentinel preview pipelines/csv_to_sqlite.yaml --rows 5",
          .positionals = {{"FILE"}},
          .options = OptionSet().integer("rows", "NUMBER", {1, 1000}, "how many records", 10),
          .run = preview};
}

}  // namespace sentinel::app
