// Steps are only ever added: a file that got step 1 years ago must still reach the newest version.
#include "engine/store/migrations.hpp"

#include "engine/store/sql.hpp"

#include <fmt/format.h>

#include <array>
#include <span>

namespace sentinel::store {
namespace {

// No STRICT tables: a text with a zero byte is kept as bytes.
constexpr const char* kFirstTables[] = {
    "CREATE TABLE record_schema (schema_hash TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID",
    R"(CREATE TABLE letter (
         letter_id TEXT PRIMARY KEY, pipeline TEXT NOT NULL, source_id TEXT NOT NULL, source_key TEXT NOT NULL,
         record_hash TEXT NOT NULL, record TEXT NOT NULL, schema_hash TEXT NOT NULL REFERENCES record_schema,
         raw BLOB NOT NULL, position BLOB NOT NULL, stage TEXT NOT NULL, plugin TEXT NOT NULL, plugin_version TEXT NOT NULL,
         code TEXT NOT NULL, domain TEXT NOT NULL, native_code TEXT NOT NULL, message TEXT NOT NULL,
         minor TEXT NOT NULL, currency TEXT NOT NULL,
         first_seen_ms INTEGER NOT NULL, last_seen_ms INTEGER NOT NULL, next_attempt_ms INTEGER NOT NULL,
         status TEXT NOT NULL CHECK (status IN ('waiting', 'quarantined', 'recovered', 'superseded', 'discarded')),
         attempts INTEGER NOT NULL, note TEXT NOT NULL))",
    "CREATE INDEX letter_key ON letter (pipeline, source_id, source_key)",
    "CREATE INDEX letter_due ON letter (pipeline, status, next_attempt_ms)",
    // Separate from `letter`, so that dropping a delivery leaves the former state untouched.
    R"(CREATE TABLE pending_letter (
         delivery TEXT NOT NULL, letter_id TEXT NOT NULL, pipeline TEXT NOT NULL, source_id TEXT NOT NULL,
         source_key TEXT NOT NULL, record_hash TEXT NOT NULL, record TEXT NOT NULL,
         schema_hash TEXT NOT NULL REFERENCES record_schema, raw BLOB NOT NULL, position BLOB NOT NULL, stage TEXT NOT NULL,
         plugin TEXT NOT NULL, plugin_version TEXT NOT NULL, code TEXT NOT NULL, domain TEXT NOT NULL,
         native_code TEXT NOT NULL, message TEXT NOT NULL, minor TEXT NOT NULL, currency TEXT NOT NULL,
         first_seen_ms INTEGER NOT NULL, last_seen_ms INTEGER NOT NULL, next_attempt_ms INTEGER NOT NULL,
         PRIMARY KEY (delivery, letter_id)))",
    "CREATE INDEX pending_letter_id ON pending_letter (letter_id)",
    "CREATE INDEX pending_pipeline ON pending_letter (pipeline, delivery)",
    // Every letter once, in its current state: a closed one that is pending again is pending.
    R"(CREATE VIEW letter_now AS
         SELECT letter_id, pipeline, source_id, source_key, record_hash, record, schema_hash, raw, position, stage, plugin,
                plugin_version, code, domain, native_code, message, minor, currency, first_seen_ms, last_seen_ms,
                next_attempt_ms, attempts, note,
                CASE WHEN status IN ('recovered', 'superseded')
                      AND EXISTS (SELECT 1 FROM pending_letter AS p WHERE p.letter_id = letter.letter_id)
                     THEN 'pending' ELSE status END AS status
           FROM letter
         UNION ALL
         SELECT letter_id, pipeline, source_id, source_key, record_hash, record, schema_hash, raw, position, stage, plugin,
                plugin_version, code, domain, native_code, message, minor, currency, first_seen_ms, last_seen_ms,
                next_attempt_ms, 0, '', 'pending'
           FROM pending_letter AS own
          WHERE NOT EXISTS (SELECT 1 FROM letter WHERE letter.letter_id = own.letter_id)
            AND own.delivery = (SELECT min(delivery) FROM pending_letter AS p WHERE p.letter_id = own.letter_id))",
    R"(CREATE TABLE letter_event (letter_id TEXT NOT NULL, at_ms INTEGER NOT NULL, what TEXT NOT NULL,
         note TEXT NOT NULL))",
    "CREATE INDEX letter_event_letter ON letter_event (letter_id)",
    R"(CREATE TABLE state (pipeline TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL,
         PRIMARY KEY (pipeline, name)) WITHOUT ROWID)",
    R"(CREATE TABLE run (run_id TEXT PRIMARY KEY, pipeline TEXT NOT NULL, source_id TEXT NOT NULL, command TEXT NOT NULL,
         started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL, exit_code INTEGER NOT NULL, reason TEXT NOT NULL,
         balance TEXT NOT NULL))",
    "CREATE INDEX run_started ON run (pipeline, started_ms)",
    "CREATE TABLE taken_file (content_hash TEXT PRIMARY KEY, name TEXT NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID",
};

// Edits beside the record as read, the mapping of the last attempt, and payloads that were removed.
constexpr const char* kEdits[] = {
    "ALTER TABLE letter ADD COLUMN is_edited INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE letter ADD COLUMN edited TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE letter ADD COLUMN tried_mapping TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE letter ADD COLUMN payload_gone_ms INTEGER NOT NULL DEFAULT 0",
    "DROP VIEW letter_now",
    R"(CREATE VIEW letter_now AS
         SELECT letter_id, pipeline, source_id, source_key, record_hash, record, schema_hash, raw, position, stage, plugin,
                plugin_version, code, domain, native_code, message, minor, currency, first_seen_ms, last_seen_ms,
                next_attempt_ms, attempts, note, is_edited, edited, tried_mapping, payload_gone_ms,
                CASE WHEN status IN ('recovered', 'superseded')
                      AND EXISTS (SELECT 1 FROM pending_letter AS p WHERE p.letter_id = letter.letter_id)
                     THEN 'pending' ELSE status END AS status
           FROM letter
         UNION ALL
         SELECT letter_id, pipeline, source_id, source_key, record_hash, record, schema_hash, raw, position, stage, plugin,
                plugin_version, code, domain, native_code, message, minor, currency, first_seen_ms, last_seen_ms,
                next_attempt_ms, 0, '', 0, '', '', 0, 'pending'
           FROM pending_letter AS own
          WHERE NOT EXISTS (SELECT 1 FROM letter WHERE letter.letter_id = own.letter_id)
            AND own.delivery = (SELECT min(delivery) FROM pending_letter AS p WHERE p.letter_id = own.letter_id))",
};

constexpr std::array<std::span<const char* const>, 2> kSteps = {kFirstTables, kEdits};

Status run_step(database::Connection& connection, std::size_t step) {
  SENTINEL_TRY(connection.begin());
  for (const auto* sql : kSteps[step]) SENTINEL_TRY(execute(connection, sql));
  SENTINEL_TRY(execute(connection, "PRAGMA user_version = " + std::to_string(step + 1)));
  return connection.commit();
}

}  // namespace

int newest_version() { return static_cast<int>(kSteps.size()); }

Result<int> version_of(database::Connection& connection) {
  SENTINEL_ASSIGN(auto statement, select(connection, "PRAGMA user_version"));
  SENTINEL_ASSIGN(const bool found, statement.step());
  return found ? static_cast<int>(number_of(statement, 0)) : 0;
}

Status migrate(database::Connection& connection) {
  SENTINEL_ASSIGN(const auto version, version_of(connection));
  if (version > newest_version())
    return {Code::kStorage,
            fmt::format("it is of version {}, and this program knows versions up to {}; use a newer Sentinel", version,
                        newest_version())};
  if (version == 0) {
    SENTINEL_ASSIGN(auto tables, select(connection, "SELECT 1 FROM sqlite_schema"));
    SENTINEL_ASSIGN(const bool foreign, tables.step());
    if (foreign) return {Code::kStorage, "it holds tables that are not Sentinel's; name another state folder"};
  }
  for (auto step = static_cast<std::size_t>(version); step < kSteps.size(); ++step) {
    if (auto status = run_step(connection, step); !status.ok()) {
      static_cast<void>(connection.rollback().ok());
      return status;
    }
  }
  return {};
}

}  // namespace sentinel::store
