// Writes the tables as Markdown. The text around them stands here.
#include "app/reference_pages.hpp"

#include "app/option_table.hpp"
#include "database/dialect.hpp"
#include "engine/config/top_level_keys.hpp"
#include "engine/fault_codes.hpp"
#include "engine/plugins/registry.hpp"

#include <fmt/format.h>

namespace sentinel::app {
namespace {

constexpr std::string_view kGenerated =
    "<!-- Written by docs/reference/generate.sh from the program; edits are lost. -->\n";

std::string exit_cell(const engine::FaultCode& fault) {
  if (is_row_fault(fault.code)) return "0, or 4 where they are too many";
  if (fault.code == Code::kCancelled) return "130, 143";
  return fmt::format("{}", fault.exit_code);
}

std::string codes_table() {
  std::string text = "| code | what the engine does | exit |\n|---|---|---|\n";
  for (const auto& fault : engine::kFaultCodes)
    if (fault.code != Code::kOk)
      text += fmt::format("| `{}` | {} | {} |\n", to_string(fault.code), fault.consequence, exit_cell(fault));
  return text;
}

std::string exit_codes_table() {
  std::string text = "| exit | meaning |\n|---|---|\n";
  for (const auto& [code, means] : engine::kExitCodes) text += fmt::format("| {} | {} |\n", code, means);
  return text;
}

// Native codes by the code they belong to, one row a code.
std::string grouped_faults(const database::FaultGuide& guide) {
  auto text = fmt::format("| code | {} |\n|---|---|\n", guide.heading);
  for (const auto& [code, name] : kCodeNames) {
    std::string numbers;
    for (const auto& line : guide.lines)
      if (line.code == code) numbers += (numbers.empty() ? "" : ", ") + line.native_code;
    if (!numbers.empty()) text += fmt::format("| `{}` | {} |\n", name, numbers);
  }
  return text;
}

// One row a line, in the order of the look-up.
std::string faults_in_order(const database::FaultGuide& guide) {
  auto text = fmt::format("| {} | code |\n|---|---|\n", guide.heading);
  for (const auto& line : guide.lines)
    text += fmt::format("| `{}`{} | `{}` |\n", line.native_code, line.name.empty() ? "" : fmt::format(" {}", line.name),
                        to_string(line.code));
  return text;
}

std::string faults_of_dialects() {
  std::string text;
  for (const auto dialect : database::kDialects) {
    const auto guide = database::rules_of(dialect).fault_guide();
    text += fmt::format("\n## {}\n\n{}\n\n{}", guide.title, guide.explanation,
                        guide.is_in_order ? faults_in_order(guide) : grouped_faults(guide));
  }
  return text;
}

std::string guarantee_text(const sentinel_component& component) {
  if (component.kind != SENTINEL_KIND_SINK) return "";
  if (component.sink_level == SENTINEL_SINK_TRANSACTIONAL)
    return "Guarantee: exactly once; rows, ledger and checkpoint are committed together.\n\n";
  if (component.sink->finish != nullptr)
    return "Guarantee: whole runs; each run replaces what was there when it finished, else nothing changes.\n\n";
  return "Guarantee: at least once; a crash may write the last batch again.\n\n";
}

// The kind as a heading: "Source", "Built-in stage".
std::string heading_of(const sentinel_component& component) {
  auto kind = std::string(plugins::kind_name(component.kind));
  kind.front() = static_cast<char>(kind.front() - 'a' + 'A');
  return kind;
}

}  // namespace

std::string component_section(const sentinel_component& component) {
  auto text = fmt::format("## {} `{}`\n\n{}\n\n{}", heading_of(component), component.use, component.doc,
                          guarantee_text(component));
  if (component.options == nullptr || component.options->count == 0) return fmt::format("{}It has no options.\n", text);
  return fmt::format("{}{}", text, option_table_markdown(*component.options));
}

std::string component_page(const std::string& use, const std::vector<const sentinel_component*>& components) {
  auto text = fmt::format("{}# {}\n", kGenerated, use);
  for (const auto* component : components)
    if (component->use == use) text += fmt::format("\n{}", component_section(*component));
  return fmt::format(
      "{}\nTypes are explained in [pipeline_file.md](../pipeline_file.md#types). All plugins: [the list](README.md).\n",
      text);
}

std::string component_index(const std::vector<const sentinel_component*>& components) {
  auto text = fmt::format("{}# Sources, transforms, sinks\n\n| kind | `use:` | |\n|---|---|---|\n", kGenerated);
  for (const auto kind : {SENTINEL_KIND_SOURCE, SENTINEL_KIND_TRANSFORM, SENTINEL_KIND_SINK})
    for (const auto* component : components)
      if (component->kind == kind)
        text += fmt::format("| {} | [{}]({}.md) | {} |\n", plugins::kind_name(kind), component->use, component->use,
                            component->doc);
  return text + "\nThe built-in stages that are keys of their own are in [pipeline_file.md](../pipeline_file.md).\n";
}

std::string pipeline_file_page() {
  auto text = fmt::format("{}# The pipeline file\n\n| key | | |\n|---|---|---|\n", kGenerated);
  for (const auto& key : config::top_level_keys())
    text += fmt::format("| `{}` | {} | {} |\n", key.name, key.if_missing != nullptr ? "required" : "", key.doc);
  text +=
      "\nA stage names its plugin by `use:`; its options, those of [that plugin](plugins/README.md), follow it.\n\n"
      "## Types\n\n"
      "| type or attribute | meaning |\n|---|---|\n"
      "| duration | a number with its unit: `200ms`, `30s`, `15m`, `1h` |\n"
      "| size | bytes, or with a unit: `64KiB`, `4MiB` |\n"
      "| number | `0.2`, or a share: `20%` |\n"
      "| required | must be given |\n"
      "| secret | never shown; write a reference, since a literal value is warned about |\n"
      "| identity | part of what identifies the source: another value is another source, with a checkpoint of its own "
      "|\n"
      "| shorthand | inside an object: a single value in place of the object sets this option |\n"
      "| `a.KEY.b` | option `b` of each entry of the map `a`; `a[].b`: of each item of the list |\n\n"
      "## References\n\n"
      "`${env:NAME}` stands for a variable, `${env:NAME:-value}` has a default, `${file:/path}` is a file's content. "
      "A file `.env`\nbeside the pipeline file supplies variables that the environment does not have.\n";
  for (const auto& key : config::top_level_keys())
    if (key.options != nullptr)
      text += fmt::format("\n## {} `{}`\n\n{}\n\n{}", key.is_builtin_stage ? "Built-in stage" : "Setting", key.name,
                          key.doc, option_table_markdown(*key.options));
  return text;
}

std::string commands_page(const std::vector<Command>& commands) {
  auto text = fmt::format("{}# Commands\n\n| command | |\n|---|---|\n", kGenerated);
  for (const auto& command : commands) text += fmt::format("| `{}` | {} |\n", command.name, command.summary);
  text += "\nWhat an exit code means: [faults.md](faults.md#exit-codes).\n";
  for (const auto& command : commands)
    text += fmt::format("\n## sentinel {}\n\n```text\n{}```\n", command.name, command.help());
  return text;
}

std::string faults_page() {
  return fmt::format(
      "{}# Faults\n\nEvery fault has a code that names the cause, and so decides what happens. `--json`, dead letters "
      "and "
      "logs name it.\n\n{}\n"
      "## Exit codes\n\n{}\nWith several files each runs, and the exit is the first of 1, 2, 3, 4, 6, 5 that "
      "occurred.\n{}",
      kGenerated, codes_table(), exit_codes_table(), faults_of_dialects());
}

}  // namespace sentinel::app
