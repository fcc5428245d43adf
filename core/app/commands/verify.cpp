// sentinel verify: compares the target with the source.
#include "engine/compare/verify.hpp"
#include "app/command.hpp"
#include "app/json.hpp"
#include "app/report.hpp"
#include "engine/store/store.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace sentinel::app {
namespace {

using engine::amount_text;
using engine::count_text;
using engine::VerifyReport;

std::string line(std::string_view name, std::uint64_t count, std::string_view note = "") {
  return fmt::format("  {:<14}{:>12}{}{}\n", name, count_text(count), note.empty() ? "" : "   ", note);
}

// Lines of zero records are left out, except those that a reader looks for.
std::string line_if(std::string_view name, std::uint64_t count, std::string_view note) {
  return count == 0 ? "" : line(name, count, note);
}

std::string money_lines(const VerifyReport& report) {
  std::string text;
  for (const auto& [currency, sums] : report.money)
    text += fmt::format("  {} expected {}, in the rows {}, by the database's own sum {}\n", currency,
                        amount_text(sums.source, report.exponent), amount_text(sums.rows, report.exponent),
                        sums.database ? amount_text(*sums.database, report.exponent) : "(it has no exact one)");
  return text;
}

std::string example_lines(const VerifyReport& report) {
  std::string text;
  for (const auto& example : report.examples) {
    text += fmt::format("  {:<10} {}", example.kind, printable(example.key));
    if (!example.source_key.empty()) text += fmt::format("  (source key {})", printable(example.source_key));
    if (!example.fields.empty()) text += fmt::format("  differs in {}", fmt::join(example.fields, ", "));
    text += "\n";
  }
  const auto all = report.missing + report.different + report.extra;
  if (all > report.examples.size()) text += fmt::format("  and {} more\n", count_text(all - report.examples.size()));
  return text;
}

std::string verdict(const VerifyReport& report) {
  if (report.is_equal()) return "  equal: the target holds what the source holds\n";
  if (report.repaired) return "  repaired; verify again to see it\n";
  return fmt::format("  not equal{}\n",
                     report.missing + report.different > 0
                         ? "; sentinel verify --repair fetches the records that are missing or different"
                         : "");
}

std::string report_text(const VerifyReport& report) {
  auto text =
      fmt::format("{}   verified in {:.1f} s\n", report.pipeline, static_cast<double>(report.elapsed_ms) / 1000);
  text += line("read", report.read, "records of the source");
  text += line_if("filtered", report.filtered, "filtered out by the pipeline");
  text += line_if("superseded", report.superseded, "an earlier record of a key that came again");
  text += line_if("owed", report.owed, "held by dead letters");
  text += line_if("unrecorded", report.unrecorded, "rejected by today's pipeline, and no run has read them yet");
  text += line("expected", report.expected, "rows");
  text += line("in the target", report.rows, "rows");
  text += line("equal", report.equal);
  text += line("missing", report.missing);
  text += line("different", report.different);
  text += line("extra", report.extra, report.extra == 0 ? "" : "rows that no record of the source accounts for");
  text += line_if("held", report.held, "rows of an earlier version of a record that is filtered or rejected now");
  text += line_if("unreadable", report.unreadable, "rows with a value that does not fit the type of its field");
  text += line_if("moved", report.moved, "changed while they were read, and were right the second time");
  text += money_lines(report) + example_lines(report);
  if (!report.reads_again && report.missing + report.different > 0)
    text +=
        "  the source cannot fetch single records, so the differences were not read again: what changed just now is "
        "among them\n";
  return text + verdict(report);
}

Json report_json(const VerifyReport& report) {
  auto money = Json::object(), examples = Json::array();
  for (const auto& [currency, sums] : report.money) {
    money[currency] = {{"source_minor", to_string(sums.source)}, {"rows_minor", to_string(sums.rows)}};
    if (sums.database) money[currency]["database_minor"] = to_string(*sums.database);
  }
  for (const auto& example : report.examples)
    examples.push_back({{"kind", example.kind},
                        {"key", as_utf8(example.key)},
                        {"source_key", as_utf8(example.source_key)},
                        {"fields", example.fields}});
  Json json{{"pipeline", report.pipeline},
            {"source_id", report.source_id},
            {"equal", report.is_equal()},
            {"elapsed_ms", report.elapsed_ms},
            {"read", report.read},
            {"filtered", report.filtered},
            {"superseded", report.superseded},
            {"owed", report.owed},
            {"unrecorded", report.unrecorded},
            {"expected", report.expected},
            {"rows", report.rows},
            {"equal_rows", report.equal},
            {"missing", report.missing},
            {"different", report.different},
            {"extra", report.extra},
            {"held", report.held},
            {"unreadable", report.unreadable},
            {"moved", report.moved},
            {"read_again", report.reads_again},
            {"money", money},
            {"examples", examples}};
  if (report.repaired) json["repair"] = with_schema_version(run_json(engine::RunReport{*report.repaired}));
  if (!report.fault.ok()) json["fault"] = report.fault.message();
  return json;
}

int verify_files(Context& context, const Arguments& arguments) {
  const auto examples = static_cast<std::size_t>(*arguments.integer("examples"));
  const auto folder = store::open_state_folder();
  if (!folder) return complain(folder.error());
  auto items = Json::array();
  const int code = work_on_files(context, arguments.positionals(), [&](const config::PipelineFile& file) {
    const auto report =
        engine::verify(file, context.registry, context.services, *folder, {arguments.has("repair"), examples});
    if (arguments.has("json"))
      items.push_back(report_json(report));
    else if (report.fault.ok())
      fmt::print("{}{}", report_text(report), report.repaired ? run_text(engine::RunReport{*report.repaired}) : "");
    if (!report.fault.ok()) complain(report.fault);
    return report.exit_code;
  });
  if (arguments.has("json")) print_json_items(std::move(items));
  return code;
}

}  // namespace

Command verify_command() {
  return {
      .name = "verify",
      .summary =
          "Compare the source, through today's transforms, with the target and the dead letters; writes nothing.",
      .example = "sentinel verify pipelines/donations_table_to_mariadb.yaml",
      .positionals = {{"FILE", 1, kAnyNumber}},
      .options = OptionSet()
                     .flag("repair", "fetch the records that are missing or different, and land them; extra rows stay")
                     .integer("examples", "NUMBER", {.minimum = 0}, "how many differences to name", 10),
      .run = verify_files};
}

}  // namespace sentinel::app
