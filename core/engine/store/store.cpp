// Opens the store, runs its transactions, and moves letters from pending to closed.
#include "engine/store/store.hpp"

#include "engine/store/letter_rows.hpp"
#include "engine/store/store_impl.hpp"

#include <thread>

namespace sentinel::store {

Status Store::Impl::attempt(bool in_transaction, const Body& body) {
  if (connection == nullptr) {
    SENTINEL_ASSIGN(connection, open_existing(folder));
  }
  Status status = in_transaction ? connection->begin() : Status();
  if (status.ok()) status = body(*connection);
  if (status.ok() && in_transaction) status = connection->commit();
  if (status.ok()) return {};
  const bool undone = connection->rollback().ok();
  status = store_fault(path, std::move(status));
  if (status.code() == Code::kStorage || !undone) connection.reset();
  return status;
}

Status Store::Impl::repeat(bool in_transaction, const Body& body) {
  const auto deadline = std::chrono::steady_clock::now() + kBusyTimeout;
  while (true) {
    {
      const std::lock_guard lock(mutex);
      auto status = attempt(in_transaction, body);
      if (status.code() != Code::kTransient || std::chrono::steady_clock::now() >= deadline) return status;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Status confirm_pending(database::Connection& connection, std::string_view delivery, std::int64_t now_ms) {
  constexpr std::string_view kKept = "status IN ('waiting', 'quarantined', 'discarded')";
  const auto kept = std::string(kKept);
  // An open letter may have been added by another delivery since: then this one only saw it again.
  SENTINEL_TRY(
      execute(connection,
              "INSERT INTO letter_event SELECT letter_id, ?, 'waiting', delivery FROM pending_letter AS p "
              "WHERE delivery = ? AND NOT EXISTS (SELECT 1 FROM letter WHERE letter.letter_id = p.letter_id AND " +
                  kept + ")",
              now_ms, delivery));
  SENTINEL_TRY(execute(connection,
                       "UPDATE letter SET last_seen_ms = max(last_seen_ms, ?) WHERE " + kept +
                           " AND letter_id IN (SELECT letter_id FROM pending_letter WHERE delivery = ?)",
                       now_ms, delivery));
  const auto shared = std::string(kSharedColumns);
  SENTINEL_TRY(execute(
      connection,
      "INSERT INTO letter (" + shared + ", status, attempts, note) SELECT " + shared +
          ", 'waiting', 0, '' FROM pending_letter WHERE delivery = ? "
          "ON CONFLICT (letter_id) DO UPDATE SET record = excluded.record, schema_hash = excluded.schema_hash, "
          "raw = excluded.raw, position = excluded.position, stage = excluded.stage, plugin = excluded.plugin, "
          "plugin_version = excluded.plugin_version, code = excluded.code, domain = excluded.domain, "
          "native_code = excluded.native_code, message = excluded.message, minor = excluded.minor, "
          "currency = excluded.currency, first_seen_ms = excluded.first_seen_ms, "
          "last_seen_ms = excluded.last_seen_ms, "
          "next_attempt_ms = excluded.next_attempt_ms, status = 'waiting', attempts = 0, note = '', is_edited = 0, "
          "edited = '', tried_mapping = '', payload_gone_ms = 0 "
          "WHERE letter.status IN ('recovered', 'superseded')",
      delivery));
  return execute(connection, "DELETE FROM pending_letter WHERE delivery = ?", delivery);
}

Status drop_pending(database::Connection& connection, std::string_view delivery, std::int64_t now_ms) {
  SENTINEL_TRY(execute(connection,
                       "INSERT INTO letter_event SELECT letter_id, ?, 'dropped', delivery FROM pending_letter "
                       "WHERE delivery = ?",
                       now_ms, delivery));
  return execute(connection, "DELETE FROM pending_letter WHERE delivery = ?", delivery);
}

namespace {

// The lines of one file in the order they were written. Recorded by content in the same transaction, so that a crash
// before the file is renamed does not take it in twice.
Status take_lines(database::Connection& connection, const EmergencyContent& content, std::int64_t now_ms) {
  const auto name = content.path.filename().string();
  SENTINEL_ASSIGN(auto taken, database::Statement::prepare(connection,
                                                           "INSERT INTO taken_file VALUES (?, ?, ?) "
                                                           "ON CONFLICT DO NOTHING"));
  SENTINEL_ASSIGN(const auto is_new,
                  run(taken, std::string_view(content.content_hash), std::string_view(name), now_ms));
  if (is_new == 0) return {};
  for (const auto& line : content.lines) {
    if (line.fate.empty()) {
      SENTINEL_ASSIGN(auto insert, PendingInsert::prepare(connection, line.delivery, now_ms));
      SENTINEL_TRY(insert.add(line.letter));
    } else {
      SENTINEL_TRY(line.fate == "confirm" ? confirm_pending(connection, line.delivery, now_ms)
                                          : drop_pending(connection, line.delivery, now_ms));
    }
  }
  return {};
}

}  // namespace

Status Store::Impl::take_emergency() {
  return take_emergency_files(emergency_folder(folder), store_id, [&](const EmergencyContent& content) {
    return write([&](database::Connection& open) { return take_lines(open, content, now_unix_ms()); });
  });
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& folder,
                                           std::function<std::int64_t()> now_unix_ms) {
  SENTINEL_ASSIGN(const auto real, private_folder(folder));
  SENTINEL_ASSIGN(const auto lock, lock_opening(real));
  SENTINEL_ASSIGN(auto opened, open_or_make(real));
  auto impl = std::make_unique<Impl>(real, std::move(now_unix_ms), std::move(opened));
  SENTINEL_TRY(impl->take_emergency());
  return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Status Store::add_pending(std::string_view delivery, std::span<const StoredLetter> letters) {
  if (letters.empty()) return {};
  for (const auto& letter : letters)
    if (letter.letter_id.empty() || letter.reason.ok()) return internal_error("a dead letter without id or reason");
  auto status = impl_->write([&](database::Connection& connection) -> Status {
    SENTINEL_ASSIGN(auto insert, PendingInsert::prepare(connection, delivery, impl_->now_unix_ms()));
    for (const auto& letter : letters) SENTINEL_TRY(insert.add(letter));
    return {};
  });
  if (status.code() != Code::kStorage) return status;
  const std::lock_guard lock(impl_->mutex);
  auto emergency = impl_->emergency.add(delivery, letters);
  if (emergency.ok()) return {};
  return std::move(emergency).prefixed(status.message() + "; and the emergency file failed too: ");
}

Status Store::confirm(std::string_view delivery) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->emergency.holds(delivery)) return impl_->emergency.add_fate(delivery, "confirm");
  }
  return impl_->write(
      [&](database::Connection& connection) { return confirm_pending(connection, delivery, impl_->now_unix_ms()); });
}

Status Store::drop(std::string_view delivery) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->emergency.holds(delivery)) return impl_->emergency.add_fate(delivery, "drop");
  }
  return impl_->write(
      [&](database::Connection& connection) { return drop_pending(connection, delivery, impl_->now_unix_ms()); });
}

Status Store::close(std::span<const std::string> letter_ids, LetterStatus status, std::string_view note) {
  if (status == LetterStatus::kPending || is_open(status))
    return internal_error("a letter is closed as recovered, superseded or discarded");
  return impl_->write([&](database::Connection& connection) -> Status {
    using database::Statement;
    // An edit that landed is superseded too, by another version of its record.
    SENTINEL_ASSIGN(auto change, Statement::prepare(connection,
                                                    "UPDATE letter SET status = ?1, note = ?2 WHERE letter_id = ?3 "
                                                    "AND (status IN ('waiting', 'quarantined') OR "
                                                    "(?1 = 'superseded' AND status = 'recovered' AND is_edited))"));
    SENTINEL_ASSIGN(auto noted, Statement::prepare(connection, "INSERT INTO letter_event VALUES (?, ?, ?, ?)"));
    for (const std::string_view id : letter_ids) {
      SENTINEL_ASSIGN(const auto hit, run(change, to_string(status), note, id));
      if (hit == 0) continue;
      SENTINEL_ASSIGN([[maybe_unused]] const auto added, run(noted, id, impl_->now_unix_ms(), to_string(status), note));
    }
    return {};
  });
}

Status Store::reopen(std::span<const std::string> letter_ids, std::string_view note) {
  return impl_->write([&](database::Connection& connection) -> Status {
    for (const std::string_view id : letter_ids) {
      SENTINEL_TRY(execute(connection,
                           "INSERT INTO letter_event SELECT letter_id, ?, 'waiting', ? FROM letter WHERE letter_id = ? "
                           "AND status IN ('recovered', 'superseded', 'discarded')",
                           impl_->now_unix_ms(), note, id));
      SENTINEL_TRY(execute(connection,
                           "UPDATE letter SET status = 'waiting', note = ? WHERE letter_id = ? AND status IN "
                           "('recovered', 'superseded', 'discarded')",
                           note, id));
    }
    return {};
  });
}

Status Store::failed_again(std::string_view letter_id, const Status& why, std::string_view stage,
                           std::int64_t next_attempt_ms, bool quarantine, std::string_view mapping_hash) {
  if (why.ok()) return internal_error("a replay that failed without a reason");
  const auto status = to_string(quarantine ? LetterStatus::kQuarantined : LetterStatus::kWaiting);
  return impl_->write([&](database::Connection& connection) -> Status {
    SENTINEL_TRY(execute(connection,
                         "INSERT INTO letter_event SELECT letter_id, ?, ?, '' FROM letter WHERE letter_id = ? "
                         "AND status IN ('waiting', 'quarantined') AND status <> ?",
                         impl_->now_unix_ms(), status, letter_id, status));
    return execute(connection,
                   "UPDATE letter SET attempts = attempts + 1, code = ?, domain = ?, native_code = ?, message = ?, "
                   "plugin = CASE WHEN stage = ? THEN plugin ELSE '' END, "
                   "stage = ?, next_attempt_ms = ?, status = ?, tried_mapping = ? "
                   "WHERE letter_id = ? AND status IN ('waiting', 'quarantined')",
                   sentinel::to_string(why.code()), std::string_view(why.domain()), std::string_view(why.native_code()),
                   std::string_view(why.message()), stage, stage, next_attempt_ms, status, mapping_hash, letter_id);
  });
}

}  // namespace sentinel::store
