// The engine's own memory on local disk: payloads of dead letters, the breaker's state, checkpoints of level 1 sinks,
// past runs. One SQLite file per state folder, WAL and synchronous=FULL, mode 0600. No letter in it is ever dropped
// silently.
#pragma once

#include <sentinel/sink.hpp>
#include <sentinel/status.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentinel::store {

enum class LetterStatus {
  kPending,      // written before its batch was committed; not yet a fact
  kWaiting,      // open; `recover` may try it
  kQuarantined,  // open; tried too often, waits for a person
  kRecovered,    // its record landed
  kSuperseded,   // a later read of the same key took its place
  kDiscarded,    // closed by an operator
};
std::string_view to_string(LetterStatus status);  // "pending", …
inline bool is_open(LetterStatus s) { return s == LetterStatus::kWaiting || s == LetterStatus::kQuarantined; }

struct StoredLetter {
  std::string letter_id;  // 32 hex digits
  std::string pipeline, source_id, source_key, record_hash;
  std::string record;         // JSON snapshot of the source record as read
  std::string schema;         // JSON of the source's schema at that time (kept once per content)
  std::string raw, position;  // of a record that never became a row; raw bytes
  std::string stage, plugin, plugin_version;
  Status reason;                // code, domain, native code, message
  std::string minor, currency;  // digits of its money; empty: not known
  LetterStatus status = LetterStatus::kPending;
  std::int64_t attempts = 0;                                              // of replays
  std::int64_t first_seen_ms = 0, last_seen_ms = 0, next_attempt_ms = 0;  // Unix, UTC
  std::string note;                                                       // the reason it was discarded
  bool is_edited = false;            // a person changed it; stays true once the payload is removed
  std::string edited;                // the record as a person changed it; empty: not edited. `record` stays as read
  std::string tried_mapping;         // the pipeline's mapping_hash at the last replay
  std::int64_t payload_gone_ms = 0;  // when record, raw and edit were removed; 0: they are there

  // What a replay sends.
  const std::string& record_to_send() const { return edited.empty() ? record : edited; }
};

struct LetterFilter {
  std::string pipeline;              // empty: all
  std::string source_id;             // empty: all
  std::vector<LetterStatus> status;  // empty: the open ones
  std::optional<std::string> code;   // "invalid_data", or a native code
  std::optional<std::string> stage;
  std::optional<std::string> source_key;
  std::vector<Code> codes;  // any of them; empty: all
  std::optional<std::int64_t> first_seen_before_ms, first_seen_after_ms;
  std::optional<std::int64_t> due_before_ms;  // next_attempt_ms <= it
  std::string unless_tried_under;             // with due_before_ms: due too if last tried under another mapping_hash
  std::optional<std::string> after_id;        // only greater ids, in their order: the next page
  std::int64_t limit = 0;                     // 0: all
};

// A letter as a batch must know it, without its payload.
struct LetterFact {
  std::string letter_id, record_hash;
  LetterStatus status = LetterStatus::kPending;
  bool is_edited = false;
  // The same record read again is settled: an operator closed the letter, or its edit landed.
  bool settles() const { return status == LetterStatus::kDiscarded || landed_edited(); }
  bool landed_edited() const { return status == LetterStatus::kRecovered && is_edited; }
};

// What prune() removed.
struct Pruned {
  std::int64_t payloads = 0, events = 0, schemas = 0, taken_files = 0;
};

struct StoredRun {
  std::string run_id, pipeline, source_id, command;  // command: run, recover
  std::int64_t started_ms = 0, ended_ms = 0;
  int exit_code = 0;
  std::string reason;   // empty: finished
  std::string balance;  // JSON
};

class Store {
 public:
  // Opens or makes <folder>/sentinel.db, checks it (quick_check, schema version) and takes an emergency file in. A
  // store that is damaged, newer than the program, or missing although <folder>/sentinel.db.made says that there was
  // one, is an error, never replaced. Errors: kStorage with the path and the cure.
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& folder,
                                             std::function<std::int64_t()> now_unix_ms);
  ~Store();

  // --- letters, as a batch makes them. `delivery` is the delivery_id of the attempt. One durable transaction each.
  // New letters become pending; a letter that is recovered or superseded becomes pending again; an open or discarded
  // one only gets a new last_seen. When SQLite cannot write, they go to the emergency file (fsynced JSON lines in
  // `emergency_folder`).
  Status add_pending(std::string_view delivery, std::span<const StoredLetter> letters);
  Status confirm(std::string_view delivery);  // the batch is committed: pending -> waiting
  Status drop(std::string_view delivery);     // it is not: as before add_pending
  // Deliveries that have pending letters: left behind by a crash.
  Result<std::vector<std::string>> unconfirmed(std::string_view pipeline);
  Result<std::vector<StoredLetter>> pending_of(std::string_view delivery);

  // --- looking up
  // Facts of all letters of this key that are not pending.
  Result<std::vector<LetterFact>> letters_of_key(std::string_view pipeline, std::string_view source_id,
                                                 std::string_view source_key);
  // Calls `each` with every source_key that has a letter which is open, discarded, or landed by an edit.
  Status each_key(std::string_view pipeline, std::string_view source_id,
                  const std::function<void(std::string_view)>& each);
  Result<std::vector<StoredLetter>> list(const LetterFilter& filter);
  // Calls `each` with the letters that fit, page by page in the order of their ids, so that memory stays bounded.
  // `filter.limit` and `after_id` are its own.
  Status each_page(LetterFilter filter, const std::function<Status(std::span<const StoredLetter>)>& each);
  Result<std::int64_t> count_open(std::string_view pipeline);
  // When the next waiting letter is due that a replay can send; one last tried under another mapping is due at 0.
  Result<std::optional<std::int64_t>> next_due_ms(std::string_view pipeline, std::string_view mapping_hash);
  // By full id or a unique beginning of at least 4 digits. Errors: kInvalidConfig (none, or several, named).
  Result<StoredLetter> find(std::string_view id_or_prefix);

  // --- closing and reopening letters
  Status close(std::span<const std::string> letter_ids, LetterStatus status, std::string_view note);
  // The target still knows these closed letters as owed (it was restored from a backup): they wait again.
  Status reopen(std::span<const std::string> letter_ids, std::string_view note);
  // A replay failed under this mapping: attempts + 1, the new reason, when to try again; quarantined if `quarantine`.
  Status failed_again(std::string_view letter_id, const Status& why, std::string_view stage,
                      std::int64_t next_attempt_ms, bool quarantine, std::string_view mapping_hash);

  // --- what operators do; `note` goes to letter_event: who, and which fields, never values
  // Keeps an edited record beside the one that was read; the letter waits, is due at once and begins its attempts anew.
  // Errors: kInvalidConfig where the letter is not open.
  Status edit(std::string_view letter_id, std::string_view record, std::string_view note);
  // Quarantined letters wait again, with no attempts counted.
  Status release(std::span<const std::string> letter_ids, std::string_view note);
  // Removes what the letters of this key hold of their record, from every file of the store: payload, edits, messages,
  // reasons. Id, hash, amount and the audit lines stay. Closed ones are marked too; open ones should be discarded
  // first. Answers how many letters there were. Errors: kTransient while another process still reads the old content.
  Result<std::int64_t> erase(std::string_view pipeline, std::string_view source_key, std::string_view note);
  // Puts back the record of an open letter that has none here, whether its row is here or not.
  Status restore(std::span<const StoredLetter> letters, std::string_view note);

  // Removes payloads of letters closed before that time, their events except those of operators, schemas that no letter
  // uses, and emergency files taken in before it. Open letters keep everything.
  Result<Pruned> prune(std::string_view pipeline, std::int64_t before_ms);

  // --- small state, by pipeline and name ("breaker", "checkpoint/<source_id>")
  Result<std::optional<std::string>> state(std::string_view pipeline, std::string_view name);
  Status set_state(std::string_view pipeline, std::string_view name, std::string_view value);

  // --- runs
  Status record_run(const StoredRun& run);
  Result<std::vector<StoredRun>> last_runs(std::string_view pipeline, int count);  // newest first; empty pipeline: all

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// SENTINEL_STATE_DIR, else /var/lib/sentinel as root, else $XDG_STATE_HOME/sentinel (~/.local/state/sentinel). Made
// with mode 0700; refused if another user owns or may write it. Errors: kStorage.
Result<std::filesystem::path> open_state_folder();

// An flock held for the life of the object: one run (or one replay) a pipeline and state folder.
class FolderLock {
 public:
  // Errors: kFenced if another process holds it (its pid in the message), kStorage.
  static Result<FolderLock> take(const std::filesystem::path& folder, std::string_view pipeline,
                                 std::string_view purpose);
  FolderLock(FolderLock&&) noexcept;
  FolderLock& operator=(FolderLock&&) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace sentinel::store
