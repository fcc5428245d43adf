// sentinel dlq edit: stores a corrected copy of a letter's record, after a check; the next replay lands it.
#include "app/editor.hpp"
#include "app/letters.hpp"
#include "app/report.hpp"
#include "engine/letters/edit.hpp"

#include <sentinel/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

namespace sentinel::app {
namespace {

using engine::EditedRecord;

Result<std::string> content_of(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& in = path == "-" ? std::cin : file;
  if (!in) return invalid_config(fmt::format("cannot read {}", path));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<std::string> new_record(const Arguments& arguments, const store::StoredLetter& letter) {
  if (arguments.has("set") && arguments.has("file")) return invalid_config("give --set or --file, not both");
  if (arguments.has("file")) return content_of(arguments.text("file"));
  const auto values = arguments.pairs("set");
  if (!values.empty()) return engine::with_fields(letter, values);
  SENTINEL_ASSIGN(const auto record, engine::with_fields(letter, {}));
  return edit_text(fmt::format("{}\n", Json::parse(record, nullptr, false).dump(2)));
}

std::string verdict(const EditedRecord& edited) {
  switch (edited.fate) {
    case EditedRecord::Fate::kPasses: return "would land";
    case EditedRecord::Fate::kFiltered: return "would be filtered";
    case EditedRecord::Fate::kRejected:
      return fmt::format("would still be rejected: {}: {}", edited.stage, printable(edited.reason));
  }
  return "";
}

void report(const Arguments& arguments, const config::PipelineFile& file, const store::StoredLetter& letter,
            const EditedRecord& edited) {
  if (arguments.has("json"))
    return print_json({{"letter_id", letter.letter_id},
                       {"fields", edited.fields},
                       {"fate", kFateNames[static_cast<std::size_t>(edited.fate)]},
                       {"stage", edited.stage},
                       {"reason", edited.reason}});
  fmt::print("letter {} edited ({}); it {}; try it with \"sentinel dlq retry {} {}\"\n", letter.letter_id.substr(0, 8),
             fmt::join(edited.fields, ", "), verdict(edited), file.name, letter.letter_id.substr(0, 8));
}

Status edit_letter(Context& context, const Arguments& arguments) {
  SENTINEL_ASSIGN(const auto file, pipeline_file(context, arguments));
  SENTINEL_ASSIGN(auto store, open_store(context));
  SENTINEL_ASSIGN(const auto letter, store->find(arguments.positionals()[1]));
  if (letter.pipeline != file.name)
    return invalid_config(
        fmt::format("letter {} belongs to pipeline {}, not to {}", letter.letter_id, letter.pipeline, file.name));
  if (!store::is_open(letter.status))
    return invalid_config(
        fmt::format("letter {} is {}, so it cannot be edited", letter.letter_id, to_string(letter.status)));
  SENTINEL_ASSIGN(const auto record, new_record(arguments, letter));
  SENTINEL_ASSIGN(const auto edited, engine::judge_edit(file, context.registry, context.services, letter, record));
  if (edited.fields.empty()) return invalid_config("nothing was changed; the letter stays as it is");
  SENTINEL_TRY(store->edit(letter.letter_id, edited.record,
                           fmt::format("by {}: {}", operator_name(), fmt::join(edited.fields, ", "))));
  report(arguments, file, letter, edited);
  return {};
}

}  // namespace

Command dlq_edit_command() {
  return {.name = "dlq edit",
          .summary = "Correct the record of a dead letter: by --set, from a file, or in $VISUAL or $EDITOR.",
          .example = "sentinel dlq edit donations 7f3a91c2 --set email=ada@example.org",
          .positionals = {{"FILE|PIPELINE"}, {"LETTER"}},
          .options =
              OptionSet()
                  .pairs("set", "FIELD=VALUE", "a field's new value; may be repeated; no value: null, or an empty text")
                  .path("file", "PATH", "the whole record as JSON; - reads standard input"),
          .run = run_status<edit_letter>};
}

}  // namespace sentinel::app
