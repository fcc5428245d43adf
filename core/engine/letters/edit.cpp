// Parses the edit, passes a batch of one row through the chain, and writes the record as JSON.
#include "engine/letters/edit.hpp"

#include "engine/flow/chain.hpp"
#include "engine/ledger/record_snapshot.hpp"

#include <sentinel/did_you_mean.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sentinel::engine {
namespace {

using Json = nlohmann::ordered_json;

Status unknown_field(const std::string& name, const Schema& schema) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < schema.size(); ++i) names.push_back(schema[i].name);
  const auto nearest = sentinel::nearest(name, names);
  return invalid_config(fmt::format("the record has no field \"{}\"{}", name,
                                    nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : ""));
}

Result<Schema> schema_of(const store::StoredLetter& letter) {
  if (letter.record.empty())
    return invalid_config(fmt::format("letter {} {}, so there is nothing to edit; correct it at the source",
                                      letter.letter_id,
                                      letter.payload_gone_ms > 0 ? "has no record any more" : "never became a row"));
  return ledger::schema_from_json(letter.schema);
}

// A field's value as the snapshot writes it: numbers and switches bare, all else in quotes.
Result<Json> value_of(const Field& field, const std::string& text) {
  const bool is_bare = field.type == Type::kInt64 || field.type == Type::kFloat64 || field.type == Type::kBool;
  if (text.empty() && field.type != Type::kUtf8) return Json();
  if (!is_bare && field.type != Type::kBinary) return Json(text);
  auto value = Json::parse(text, nullptr, false);
  if (!value.is_discarded()) return value;
  return invalid_config(fmt::format("field \"{}\" takes {}", field.name,
                                    field.type == Type::kBinary ? "bytes, written {\"$base64\": \"…\"}"
                                    : field.type == Type::kBool ? "true or false"
                                                                : "a number"));
}

Result<Json> object_of(const std::string& record) {
  auto object = Json::parse(record, nullptr, false);
  if (!object.is_object()) return invalid_config("the edited record is not one JSON object");
  return object;
}

// The record in the schema's own order and types. A snapshot's faults name fields and never values.
Result<Batch> as_batch(const Schema& schema, const std::string& record) {
  SENTINEL_ASSIGN(const auto object, object_of(record));
  for (const auto& [name, value] : object.items())
    if (schema.find(name) == Schema::npos) return unknown_field(name, schema);
  auto batch = ledger::batch_from_snapshots(schema, std::span(&record, 1));
  if (!batch) return std::move(batch).error().with_code(Code::kInvalidConfig).prefixed("the edited record: ");
  return batch;
}

Status same_key(const Schema& schema, const std::string& original, const BatchView& edited) {
  SENTINEL_ASSIGN(const auto batch, ledger::batch_from_snapshots(schema, std::span(&original, 1)));
  const auto before = batch.view(schema);
  const auto key = ledger::source_key(before, 0);
  if (key == ledger::record_hash(before, 0) || key == ledger::source_key(edited, 0)) return {};
  return invalid_config("the edit changes the record's key; a record with another key belongs to the source");
}

Result<std::vector<std::string>> changed_fields(const std::string& before, const std::string& after) {
  SENTINEL_ASSIGN(const auto one, object_of(before));
  SENTINEL_ASSIGN(const auto other, object_of(after));
  std::vector<std::string> fields;
  for (const auto& [name, value] : other.items())
    if (!one.contains(name) ? !value.is_null() : one.at(name) != value) fields.push_back(name);
  return fields;
}

void note_fate(const PreparedBatch& batch, EditedRecord& edited) {
  if (!batch.rejected.empty()) {
    edited.fate = EditedRecord::Fate::kRejected;
    edited.stage = batch.rejected.front().stage;
    edited.reason = batch.rejected.front().why.message();
  } else if (batch.arriving.origin.empty()) {
    edited.fate = EditedRecord::Fate::kFiltered;
  }
}

}  // namespace

Result<std::string> with_fields(const store::StoredLetter& letter,
                                const std::vector<std::pair<std::string, std::string>>& values) {
  SENTINEL_ASSIGN(const auto schema, schema_of(letter));
  SENTINEL_ASSIGN(auto object, object_of(letter.record_to_send()));
  for (const auto& [name, text] : values) {
    const auto at = schema.find(name);
    if (at == Schema::npos) return unknown_field(name, schema);
    SENTINEL_ASSIGN(object[name], value_of(schema[at], text));
  }
  return object.dump();
}

Result<EditedRecord> judge_edit(const config::PipelineFile& file, plugins::Registry& registry,
                                telemetry::HostServices& services, const store::StoredLetter& letter,
                                const std::string& record) {
  SENTINEL_ASSIGN(const auto schema, schema_of(letter));
  plugins::SourcePage page;
  SENTINEL_ASSIGN(page.batch, as_batch(schema, record));
  EditedRecord edited;
  const auto row = page.batch.view(schema);
  SENTINEL_TRY(same_key(schema, letter.record, row));
  edited.record = ledger::snapshot_json(row, 0);
  SENTINEL_ASSIGN(edited.fields, changed_fields(letter.record, edited.record));
  SENTINEL_ASSIGN(auto chain, Chain::open(file, registry, services, true));
  SENTINEL_ASSIGN([[maybe_unused]] const auto sink_schema, chain->bind_to(schema));
  SENTINEL_ASSIGN(const auto batch, chain->prepare(std::move(page)));
  note_fate(batch, edited);
  return edited;
}

}  // namespace sentinel::engine
