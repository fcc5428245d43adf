// Reads and writes letters as rows of the store's tables: which columns, in which order, and how a row stores a reason.
#pragma once

#include "database/statement.hpp"
#include "engine/store/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sentinel::store {

std::optional<LetterStatus> status_of(std::string_view name);
std::optional<Code> code_of(std::string_view name);
// The fault that was stored; never ok.
Status fault_of(std::string_view code, std::string domain, std::string native_code, std::string message);

// The columns that `letter` and `pending_letter` share, in the order of insert_pending's parameters.
inline constexpr std::string_view kSharedColumns =
    "letter_id, pipeline, source_id, source_key, record_hash, record, schema_hash, raw, position, stage, plugin, "
    "plugin_version, code, domain, native_code, message, minor, currency, first_seen_ms, last_seen_ms, next_attempt_ms";
inline constexpr std::string_view kSharedPlaces = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";

// What read_letter expects: SELECT <kLetterColumns> FROM <table> AS l JOIN record_schema AS s USING (schema_hash)
inline constexpr std::string_view kLetterColumns =
    "letter_id, pipeline, source_id, source_key, record_hash, record, json, raw, position, stage, plugin, "
    "plugin_version, "
    "code, domain, native_code, message, minor, currency, first_seen_ms, last_seen_ms, next_attempt_ms";
inline constexpr std::string_view kLetterFate =
    ", status, attempts, note, is_edited, edited, tried_mapping, payload_gone_ms";

// The current row. Without fate columns the letter is pending.
StoredLetter read_letter(const database::Statement& row, bool has_fate);

// Puts letters into pending_letter: prepared once, run for each.
class PendingInsert {
 public:
  static Result<PendingInsert> prepare(database::Connection& connection, std::string_view delivery,
                                       std::int64_t now_ms);
  // An open or discarded letter only gets a new last_seen; a letter that is pending for this delivery already stays as
  // it is.
  Status add(const StoredLetter& letter);

 private:
  PendingInsert(database::Statement seen, database::Statement schema, database::Statement insert,
                database::Statement noted, std::string_view delivery, std::int64_t now_ms)
      : seen_(std::move(seen)),
        schema_(std::move(schema)),
        insert_(std::move(insert)),
        noted_(std::move(noted)),
        delivery_(delivery),
        now_ms_(now_ms) {}
  Status keep_schema(const StoredLetter& letter);

  database::Statement seen_, schema_, insert_, noted_;
  std::string_view delivery_;
  std::int64_t now_ms_;
  std::string last_schema_, last_schema_hash_;  // letters of a batch nearly always share one
};

}  // namespace sentinel::store
