// Maps letters to rows of the store and back.
#include "engine/store/letter_rows.hpp"

#include "engine/ledger/content_hash.hpp"
#include "engine/store/sql.hpp"

namespace sentinel::store {

std::string_view to_string(LetterStatus status) {
  switch (status) {
    case LetterStatus::kPending: return "pending";
    case LetterStatus::kWaiting: return "waiting";
    case LetterStatus::kQuarantined: return "quarantined";
    case LetterStatus::kRecovered: return "recovered";
    case LetterStatus::kSuperseded: return "superseded";
    case LetterStatus::kDiscarded: return "discarded";
  }
  return "?";
}

std::optional<LetterStatus> status_of(std::string_view name) {
  for (const auto status : {LetterStatus::kPending, LetterStatus::kWaiting, LetterStatus::kQuarantined,
                            LetterStatus::kRecovered, LetterStatus::kSuperseded, LetterStatus::kDiscarded})
    if (to_string(status) == name) return status;
  return std::nullopt;
}

std::optional<Code> code_of(std::string_view name) {
  for (const auto& each : kCodeNames)
    if (each.code != Code::kOk && each.name == name) return each.code;
  return std::nullopt;
}

Status fault_of(std::string_view code, std::string domain, std::string native_code, std::string message) {
  return Status(code_of(code).value_or(Code::kInternal), std::move(message))
      .native(std::move(domain), std::move(native_code));
}

StoredLetter read_letter(const database::Statement& row, bool has_fate) {
  StoredLetter letter;
  std::size_t i = 0;
  for (auto* text :
       {&letter.letter_id, &letter.pipeline, &letter.source_id, &letter.source_key, &letter.record_hash, &letter.record,
        &letter.schema, &letter.raw, &letter.position, &letter.stage, &letter.plugin, &letter.plugin_version})
    *text = text_of(row, i++);
  letter.reason = fault_of(text_of(row, i), text_of(row, i + 1), text_of(row, i + 2), text_of(row, i + 3));
  i += 4;
  letter.minor = text_of(row, i++);
  letter.currency = text_of(row, i++);
  letter.first_seen_ms = number_of(row, i++);
  letter.last_seen_ms = number_of(row, i++);
  letter.next_attempt_ms = number_of(row, i++);
  if (!has_fate) return letter;
  letter.status = status_of(text_of(row, i++)).value_or(LetterStatus::kPending);
  letter.attempts = number_of(row, i++);
  letter.note = text_of(row, i++);
  letter.is_edited = number_of(row, i++) != 0;
  letter.edited = text_of(row, i++);
  letter.tried_mapping = text_of(row, i++);
  letter.payload_gone_ms = number_of(row, i++);
  return letter;
}

Result<PendingInsert> PendingInsert::prepare(database::Connection& connection, std::string_view delivery,
                                             std::int64_t now_ms) {
  using database::Statement;
  SENTINEL_ASSIGN(auto seen, Statement::prepare(connection,
                                                "UPDATE letter SET last_seen_ms = ? WHERE letter_id = ? "
                                                "AND status IN ('waiting', 'quarantined', 'discarded')"));
  SENTINEL_ASSIGN(auto schema,
                  Statement::prepare(connection, "INSERT INTO record_schema VALUES (?, ?) ON CONFLICT DO NOTHING"));
  SENTINEL_ASSIGN(auto insert,
                  Statement::prepare(connection, "INSERT INTO pending_letter (" + std::string(kSharedColumns) +
                                                     ", delivery) VALUES (" + std::string(kSharedPlaces) +
                                                     ", ?) ON CONFLICT DO NOTHING"));
  SENTINEL_ASSIGN(auto noted, Statement::prepare(connection, "INSERT INTO letter_event VALUES (?, ?, 'pending', ?)"));
  return PendingInsert(std::move(seen), std::move(schema), std::move(insert), std::move(noted), delivery, now_ms);
}

Status PendingInsert::keep_schema(const StoredLetter& letter) {
  if (!last_schema_hash_.empty() && letter.schema == last_schema_) return {};
  last_schema_ = letter.schema;
  last_schema_hash_ = ledger::content_hash(letter.schema);
  const auto kept = run(schema_, std::string_view(last_schema_hash_), std::string_view(letter.schema));
  return kept ? Status() : kept.error();
}

Status PendingInsert::add(const StoredLetter& l) {
  const std::string_view id = l.letter_id;
  const auto last_seen_ms = l.last_seen_ms != 0 ? l.last_seen_ms : now_ms_;
  SENTINEL_ASSIGN(const auto known, run(seen_, last_seen_ms, id));
  if (known > 0) return {};
  SENTINEL_TRY(keep_schema(l));
  const std::string_view pipeline = l.pipeline, source_id = l.source_id, source_key = l.source_key,
                         hash = l.record_hash, record = l.record, schema_hash = last_schema_hash_, stage = l.stage,
                         plugin = l.plugin, version = l.plugin_version, domain = l.reason.domain(),
                         native_code = l.reason.native_code(), message = l.reason.message(), minor = l.minor,
                         currency = l.currency;
  SENTINEL_ASSIGN(
      const auto added,
      run(insert_, id, pipeline, source_id, source_key, hash, record, schema_hash, Bytes{l.raw}, Bytes{l.position},
          stage, plugin, version, sentinel::to_string(l.reason.code()), domain, native_code, message, minor, currency,
          l.first_seen_ms != 0 ? l.first_seen_ms : now_ms_, last_seen_ms, l.next_attempt_ms, delivery_));
  if (added == 0) return {};
  const auto noted = run(noted_, id, now_ms_, delivery_);
  return noted ? Status() : noted.error();
}

}  // namespace sentinel::store
