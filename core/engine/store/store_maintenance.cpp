// Changes letters for operators and by age: edits, release, erasure, restored records, retention.
#include "engine/ledger/content_hash.hpp"
#include "engine/store/letter_rows.hpp"
#include "engine/store/store_impl.hpp"

#include <system_error>

namespace sentinel::store {
namespace {

constexpr std::string_view kOfKey = "letter_id IN (SELECT letter_id FROM letter WHERE pipeline = ? AND source_key = ?)";

Result<std::int64_t> change(database::Connection& connection, std::string_view sql, auto&&... values) {
  SENTINEL_ASSIGN(auto statement, database::Statement::prepare(connection, sql));
  return run(statement, values...);
}

Status note_event(database::Connection& connection, std::string_view id, std::int64_t at_ms, std::string_view what,
                  std::string_view note) {
  return execute(connection, "INSERT INTO letter_event VALUES (?, ?, ?, ?)", id, at_ms, what, note);
}

Result<std::vector<std::string>> names_of_taken(database::Connection& connection, std::int64_t before_ms) {
  std::vector<std::string> names;
  SENTINEL_ASSIGN(auto rows, select(connection, "SELECT name FROM taken_file WHERE at_ms < ?", before_ms));
  while (true) {
    SENTINEL_ASSIGN(const bool found, rows.step());
    if (!found) return names;
    names.push_back(text_of(rows, 0));
  }
}

// The store has held their letters since they were taken in.
Result<std::int64_t> remove_taken_files(const std::filesystem::path& folder, const std::vector<std::string>& names) {
  std::int64_t removed = 0;
  for (const auto& name : names) {
    const auto path = folder / (name + ".taken");
    std::error_code fault;
    if (std::filesystem::remove(path, fault)) ++removed;
    if (fault) return Status(Code::kStorage, "cannot remove " + path.string() + ": " + fault.message());
  }
  return removed;
}

// Freed pages are overwritten, the file is rewritten without them, and the log is emptied.
Status forget_freed_pages(database::Connection& connection) {
  SENTINEL_TRY(execute(connection, "VACUUM"));
  SENTINEL_ASSIGN(auto rows, select(connection, "PRAGMA wal_checkpoint(TRUNCATE)"));
  SENTINEL_ASSIGN(const bool found, rows.step());
  if (found && number_of(rows, 0) == 0) return {};
  return {Code::kTransient,
          "another process reads the store, so that its log still holds what was erased; repeat the "
          "command when that process has ended"};
}

Status erase_rows(database::Connection& connection, std::string_view pipeline, std::string_view key,
                  std::int64_t now_ms, std::string_view note) {
  const auto of_key = std::string(kOfKey);
  SENTINEL_TRY(
      execute(connection, "UPDATE letter_event SET note = '' WHERE what = 'discarded' AND " + of_key, pipeline, key));
  SENTINEL_TRY(execute(connection,
                       "INSERT INTO letter_event SELECT letter_id, ?, 'erased', ? FROM letter WHERE pipeline = ? "
                       "AND source_key = ?",
                       now_ms, note, pipeline, key));
  SENTINEL_TRY(execute(connection,
                       "UPDATE letter SET record = '', raw = x'', edited = '', position = x'', message = 'erased', "
                       "note = 'erased', payload_gone_ms = ? WHERE pipeline = ? AND source_key = ?",
                       now_ms, pipeline, key));
  return execute(connection,
                 "UPDATE pending_letter SET record = '', raw = x'', position = x'', message = 'erased' "
                 "WHERE pipeline = ? AND source_key = ?",
                 pipeline, key);
}

Result<std::int64_t> count_of_key(database::Connection& connection, std::string_view pipeline, std::string_view key) {
  SENTINEL_ASSIGN(auto rows, select(connection, "SELECT count(*) FROM letter WHERE pipeline = ? AND source_key = ?",
                                    pipeline, key));
  SENTINEL_ASSIGN(const bool found, rows.step());
  return found ? number_of(rows, 0) : 0;
}

Status restore_one(database::Connection& connection, const StoredLetter& letter, std::int64_t now_ms,
                   std::string_view note) {
  const std::string_view id = letter.letter_id, record = letter.record, schema = letter.schema;
  const auto hash = ledger::content_hash(letter.schema);
  SENTINEL_TRY(execute(connection, "INSERT INTO record_schema VALUES (?, ?) ON CONFLICT DO NOTHING",
                       std::string_view(hash), schema));
  SENTINEL_ASSIGN(const auto filled,
                  change(connection,
                         "UPDATE letter SET record = ?, schema_hash = ?, raw = ?, position = ?, payload_gone_ms = 0 "
                         "WHERE letter_id = ? AND record = '' AND raw = x'' AND status IN ('waiting', 'quarantined')",
                         record, std::string_view(hash), Bytes{letter.raw}, Bytes{letter.position}, id));
  if (filled == 0) {
    const auto delivery = "restore " + letter.letter_id;
    SENTINEL_ASSIGN(auto insert, PendingInsert::prepare(connection, delivery, now_ms));
    SENTINEL_TRY(insert.add(letter));
    SENTINEL_TRY(confirm_pending(connection, delivery, now_ms));
  }
  return note_event(connection, id, now_ms, "rebuilt", note);
}

constexpr std::string_view kClosed = "status IN ('recovered', 'superseded', 'discarded')";

// The letters of `pipeline` that were closed before a time, as a condition with two places.
std::string closed_before() {
  return "pipeline = ? AND " + std::string(kClosed) +
         " AND coalesce((SELECT max(at_ms) FROM letter_event AS e WHERE e.letter_id = letter.letter_id), last_seen_ms) "
         "< ?";
}

}  // namespace

Status Store::edit(std::string_view letter_id, std::string_view record, std::string_view note) {
  std::int64_t hit = 0;
  SENTINEL_TRY(impl_->write([&](database::Connection& connection) -> Status {
    const auto now_ms = impl_->now_unix_ms();
    SENTINEL_ASSIGN(hit, change(connection,
                                "UPDATE letter SET edited = ?, is_edited = 1, status = 'waiting', attempts = 0, "
                                "next_attempt_ms = ? WHERE letter_id = ? AND status IN ('waiting', 'quarantined')",
                                record, now_ms, letter_id));
    return hit == 0 ? Status() : note_event(connection, letter_id, now_ms, "edited", note);
  }));
  if (hit > 0) return {};
  return invalid_config("letter " + std::string(letter_id) + " is not open, so it cannot be edited");
}

Status Store::release(std::span<const std::string> letter_ids, std::string_view note) {
  return impl_->write([&](database::Connection& connection) -> Status {
    const auto now_ms = impl_->now_unix_ms();
    for (const std::string_view id : letter_ids) {
      SENTINEL_ASSIGN(const auto hit, change(connection,
                                             "UPDATE letter SET status = 'waiting', attempts = 0, next_attempt_ms = ? "
                                             "WHERE letter_id = ? AND status = 'quarantined'",
                                             now_ms, id));
      if (hit > 0) SENTINEL_TRY(note_event(connection, id, now_ms, "released", note));
    }
    return {};
  });
}

Result<std::int64_t> Store::erase(std::string_view pipeline, std::string_view source_key, std::string_view note) {
  std::int64_t letters = 0;
  std::vector<std::string> taken;
  SENTINEL_TRY(
      impl_->read([](database::Connection& connection) { return execute(connection, "PRAGMA secure_delete = ON"); }));
  SENTINEL_TRY(impl_->write([&](database::Connection& connection) -> Status {
    const auto now_ms = impl_->now_unix_ms();
    SENTINEL_ASSIGN(letters, count_of_key(connection, pipeline, source_key));
    SENTINEL_ASSIGN(taken, names_of_taken(connection, now_ms + 1));
    return erase_rows(connection, pipeline, source_key, now_ms, note);
  }));
  SENTINEL_ASSIGN([[maybe_unused]] const auto removed, remove_taken_files(emergency_folder(impl_->folder), taken));
  SENTINEL_TRY(impl_->read(forget_freed_pages));
  return letters;
}

Status Store::restore(std::span<const StoredLetter> letters, std::string_view note) {
  return impl_->write([&](database::Connection& connection) -> Status {
    for (const auto& letter : letters) SENTINEL_TRY(restore_one(connection, letter, impl_->now_unix_ms(), note));
    return {};
  });
}

Result<Pruned> Store::prune(std::string_view pipeline, std::int64_t before_ms) {
  Pruned pruned;
  std::vector<std::string> taken;
  SENTINEL_TRY(impl_->write([&](database::Connection& connection) -> Status {
    const auto closed = closed_before();
    SENTINEL_ASSIGN(pruned.payloads, change(connection,
                                            "UPDATE letter SET record = '', raw = x'', edited = '', "
                                            "payload_gone_ms = ? WHERE payload_gone_ms = 0 AND " +
                                                closed,
                                            impl_->now_unix_ms(), pipeline, before_ms));
    SENTINEL_ASSIGN(pruned.events,
                    change(connection,
                           "DELETE FROM letter_event WHERE what NOT IN ('edited', 'released', 'erased', 'discarded') "
                           "AND letter_id IN (SELECT letter_id FROM letter WHERE payload_gone_ms > 0 AND " +
                               closed + ")",
                           pipeline, before_ms));
    // Letters without payload no longer need their schema, but refer to one: they share the empty schema.
    const auto none = ledger::content_hash("");
    SENTINEL_TRY(
        execute(connection, "INSERT INTO record_schema VALUES (?, '') ON CONFLICT DO NOTHING", std::string_view(none)));
    SENTINEL_TRY(
        execute(connection, "UPDATE letter SET schema_hash = ? WHERE payload_gone_ms > 0", std::string_view(none)));
    SENTINEL_ASSIGN(pruned.schemas, change(connection,
                                           "DELETE FROM record_schema WHERE schema_hash NOT IN "
                                           "(SELECT schema_hash FROM letter UNION "
                                           "SELECT schema_hash FROM pending_letter)"));
    SENTINEL_ASSIGN(taken, names_of_taken(connection, before_ms));
    return execute(connection, "DELETE FROM taken_file WHERE at_ms < ?", before_ms);
  }));
  SENTINEL_ASSIGN(pruned.taken_files, remove_taken_files(emergency_folder(impl_->folder), taken));
  return pruned;
}

}  // namespace sentinel::store
