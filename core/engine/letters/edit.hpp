// Edits the record of a dead letter: today's transforms check the edit before it is stored.
#pragma once

#include "engine/config/pipeline_file.hpp"
#include "engine/plugins/registry.hpp"
#include "engine/store/store.hpp"
#include "engine/telemetry/host_services.hpp"

#include <string>
#include <utility>
#include <vector>

namespace sentinel::engine {

struct EditedRecord {
  std::string record;               // JSON in field order
  std::vector<std::string> fields;  // the names of those that differ from the record as it was read
  enum class Fate { kPasses, kFiltered, kRejected };
  Fate fate = Fate::kPasses;  // what today's transforms make of it; the target has not been asked
  std::string stage, reason;  // kRejected
};

// Sets FIELD and VALUE pairs in the letter's record. A value is a text as in a snapshot; an empty one is null unless
// the field is a text. Errors: kInvalidConfig for an unknown field.
Result<std::string> with_fields(const store::StoredLetter& letter,
                                const std::vector<std::pair<std::string, std::string>>& values);

// Writes nothing. Errors: kInvalidConfig for a letter that cannot be edited, a record that does not have the letter's
// fields and types, or one with another key.
Result<EditedRecord> judge_edit(const config::PipelineFile& file, plugins::Registry& registry,
                                telemetry::HostServices& services, const store::StoredLetter& letter,
                                const std::string& record);

}  // namespace sentinel::engine
