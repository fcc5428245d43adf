// Queries the store: letters by key, filter, id and delivery; small state; past runs. Every value is a bound
// parameter.
#include "engine/store/letter_rows.hpp"
#include "engine/store/store_impl.hpp"

#include <algorithm>
#include <variant>

namespace sentinel::store {
namespace {

constexpr int kKeysPerPage = 1000;
constexpr std::int64_t kLettersPerPage = 500;

std::string select_letters(std::string_view table, bool has_fate) {
  return "SELECT " + std::string(kLetterColumns) + std::string(has_fate ? kLetterFate : "") + " FROM " +
         std::string(table) + " JOIN record_schema USING (schema_hash)";
}

// A WHERE clause and its values, grown condition by condition.
struct Conditions {
  std::string where;
  std::vector<std::variant<std::int64_t, std::string>> values;

  void add(std::string_view condition, std::initializer_list<std::variant<std::int64_t, std::string>> bound) {
    where += where.empty() ? " WHERE " : " AND ";
    where += condition;
    values.insert(values.end(), bound);
  }
};

// Closed letters may be pending again, which only the view knows; open and discarded ones are in the table as they
// are.
bool needs_view(const std::vector<LetterStatus>& statuses) {
  return std::ranges::any_of(statuses, [](LetterStatus s) { return !is_open(s) && s != LetterStatus::kDiscarded; });
}

Conditions conditions_of(const LetterFilter& filter, const std::vector<LetterStatus>& statuses) {
  Conditions conditions;
  if (!filter.pipeline.empty()) conditions.add("pipeline = ?", {filter.pipeline});
  if (!filter.source_id.empty()) conditions.add("source_id = ?", {filter.source_id});
  std::string places;
  for (const auto status : statuses) {
    places += places.empty() ? "?" : ", ?";
    conditions.values.emplace_back(std::string(to_string(status)));
  }
  conditions.add("status IN (" + places + ")", {});
  if (filter.code) conditions.add("(code = ? OR native_code = ?)", {*filter.code, *filter.code});
  if (filter.stage) conditions.add("stage = ?", {*filter.stage});
  if (filter.source_key) conditions.add("source_key = ?", {*filter.source_key});
  if (!filter.codes.empty()) {
    std::string codes;
    for (const auto code : filter.codes) {
      codes += codes.empty() ? "?" : ", ?";
      conditions.values.emplace_back(std::string(sentinel::to_string(code)));
    }
    conditions.add("code IN (" + codes + ")", {});
  }
  if (filter.first_seen_before_ms) conditions.add("first_seen_ms < ?", {*filter.first_seen_before_ms});
  if (filter.first_seen_after_ms) conditions.add("first_seen_ms >= ?", {*filter.first_seen_after_ms});
  if (filter.due_before_ms && filter.unless_tried_under.empty())
    conditions.add("next_attempt_ms <= ?", {*filter.due_before_ms});
  else if (filter.due_before_ms)
    conditions.add("(next_attempt_ms <= ? OR (tried_mapping <> '' AND tried_mapping <> ?))",
                   {*filter.due_before_ms, filter.unless_tried_under});
  if (filter.after_id) conditions.add("letter_id > ?", {*filter.after_id});
  return conditions;
}

Status read_letters(database::Statement& rows, bool has_fate, std::vector<StoredLetter>& letters) {
  while (true) {
    SENTINEL_ASSIGN(const bool found, rows.step());
    if (!found) return {};
    letters.push_back(read_letter(rows, has_fate));
  }
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Status several(std::string_view prefix, const std::vector<StoredLetter>& letters) {
  auto message = "several dead letters begin with \"" + std::string(prefix) + "\": ";
  for (std::size_t i = 0; i < letters.size() && i < 5; ++i) message += (i == 0 ? "" : ", ") + letters[i].letter_id;
  if (letters.size() > 5) message += ", …";
  return invalid_config(message + "; give more digits");
}

}  // namespace

Result<std::vector<std::string>> Store::unconfirmed(std::string_view pipeline) {
  if (impl_->emergency
          .is_open()) {  // a long-lived process starts its next run: what it put aside belongs in the store first
    {
      const std::lock_guard lock(impl_->mutex);
      impl_->emergency.close();
    }
    SENTINEL_TRY(impl_->take_emergency());
  }
  std::vector<std::string> deliveries;
  SENTINEL_TRY(impl_->read([&](database::Connection& connection) -> Status {
    deliveries.clear();
    SENTINEL_ASSIGN(
        auto rows,
        select(connection, "SELECT DISTINCT delivery FROM pending_letter WHERE pipeline = ? ORDER BY delivery",
               pipeline));
    while (true) {
      SENTINEL_ASSIGN(const bool found, rows.step());
      if (!found) return {};
      deliveries.push_back(text_of(rows, 0));
    }
  }));
  return deliveries;
}

Result<std::vector<StoredLetter>> Store::pending_of(std::string_view delivery) {
  std::vector<StoredLetter> letters;
  SENTINEL_TRY(impl_->read([&](database::Connection& connection) -> Status {
    letters.clear();
    const auto sql = select_letters("pending_letter", false) + " WHERE delivery = ? ORDER BY pending_letter.rowid";
    SENTINEL_ASSIGN(auto rows, select(connection, sql, delivery));
    return read_letters(rows, false, letters);
  }));
  return letters;
}

Result<std::vector<LetterFact>> Store::letters_of_key(std::string_view pipeline, std::string_view source_id,
                                                      std::string_view source_key) {
  std::vector<LetterFact> facts;
  SENTINEL_TRY(impl_->read([&](database::Connection& connection) -> Status {
    facts.clear();
    SENTINEL_ASSIGN(
        auto rows,
        select(connection,
               "SELECT letter_id, record_hash, status, is_edited FROM letter WHERE pipeline = ? AND source_id = ? "
               "AND source_key = ? AND (status NOT IN ('recovered', 'superseded') OR NOT EXISTS "
               "(SELECT 1 FROM pending_letter AS p WHERE p.letter_id = letter.letter_id)) "
               "ORDER BY first_seen_ms, letter_id",
               pipeline, source_id, source_key));
    while (true) {
      SENTINEL_ASSIGN(const bool found, rows.step());
      if (!found) return {};
      facts.push_back({text_of(rows, 0), text_of(rows, 1), status_of(text_of(rows, 2)).value_or(LetterStatus::kPending),
                       number_of(rows, 3) != 0});
    }
  }));
  return facts;
}

Status Store::each_key(std::string_view pipeline, std::string_view source_id,
                       const std::function<void(std::string_view)>& each) {
  std::vector<std::string> page;
  std::string last;
  for (bool first = true; first || page.size() == kKeysPerPage; first = false) {
    SENTINEL_TRY(impl_->read([&](database::Connection& connection) -> Status {
      page.clear();
      const auto after = first ? std::string() : std::string("AND source_key > ? ");
      const auto sql =
          "SELECT DISTINCT source_key FROM letter WHERE pipeline = ? AND source_id = ? " + after +
          "AND (status IN ('waiting', 'quarantined', 'discarded') OR (status = 'recovered' AND is_edited)) "
          "ORDER BY source_key LIMIT " +
          std::to_string(kKeysPerPage);
      SENTINEL_ASSIGN(auto rows, first ? select(connection, sql, pipeline, source_id)
                                       : select(connection, sql, pipeline, source_id, std::string_view(last)));
      while (true) {
        SENTINEL_ASSIGN(const bool found, rows.step());
        if (!found) return {};
        page.push_back(text_of(rows, 0));
      }
    }));
    for (const auto& key : page) each(key);
    if (!page.empty()) last = page.back();
  }
  return {};
}

Result<std::vector<StoredLetter>> Store::list(const LetterFilter& filter) {
  const auto statuses =
      filter.status.empty() ? std::vector{LetterStatus::kWaiting, LetterStatus::kQuarantined} : filter.status;
  const auto conditions = conditions_of(filter, statuses);
  auto sql = select_letters(needs_view(statuses) ? "letter_now" : "letter", true) + conditions.where +
             (filter.after_id ? " ORDER BY letter_id"
                              : " ORDER BY first_seen_ms / 60000, length(source_key), source_key, letter_id");
  if (filter.limit > 0) sql += " LIMIT " + std::to_string(filter.limit);
  std::vector<StoredLetter> letters;
  SENTINEL_TRY(impl_->read([&](database::Connection& connection) -> Status {
    letters.clear();
    SENTINEL_ASSIGN(auto rows, database::Statement::prepare(connection, sql));
    for (std::size_t i = 0; i < conditions.values.size(); ++i) {
      if (const auto* number = std::get_if<std::int64_t>(&conditions.values[i]))
        bind(rows, i, *number);
      else
        bind(rows, i, std::string_view(std::get<std::string>(conditions.values[i])));
    }
    if (const auto started = rows.execute(); !started) return started.error();
    return read_letters(rows, true, letters);
  }));
  return letters;
}

Status Store::each_page(LetterFilter filter, const std::function<Status(std::span<const StoredLetter>)>& each) {
  filter.limit = kLettersPerPage;
  filter.after_id.emplace();
  while (true) {
    SENTINEL_ASSIGN(const auto page, list(filter));
    if (page.empty()) return {};
    SENTINEL_TRY(each(page));
    filter.after_id = page.back().letter_id;
  }
}

Result<std::int64_t> Store::count_open(std::string_view pipeline) {
  std::int64_t count = 0;
  SENTINEL_TRY(impl_->read([&](database::Connection& connection) -> Status {
    SENTINEL_ASSIGN(auto rows, select(connection,
                                      "SELECT count(*) FROM letter WHERE pipeline = ? "
                                      "AND status IN ('waiting', 'quarantined')",
                                      pipeline));
    SENTINEL_ASSIGN(const bool found, rows.step());
    count = found ? number_of(rows, 0) : 0;
    return {};
  }));
  return count;
}

Result<std::optional<std::int64_t>> Store::next_due_ms(std::string_view pipeline, std::string_view mapping_hash) {
  std::optional<std::int64_t> due_ms;
  SENTINEL_TRY(impl_->read([&](database::Connection& connection) -> Status {
    due_ms.reset();
    SENTINEL_ASSIGN(auto rows, select(connection,
                                      "SELECT min(CASE WHEN tried_mapping <> '' AND tried_mapping <> ? THEN 0 "
                                      "ELSE next_attempt_ms END) FROM letter WHERE pipeline = ? AND status = 'waiting' "
                                      "AND record <> ''",
                                      mapping_hash, pipeline));
    SENTINEL_ASSIGN(const bool found, rows.step());
    if (found && rows.text(0)) due_ms = number_of(rows, 0);
    return {};
  }));
  return due_ms;
}

Result<StoredLetter> Store::find(std::string_view id_or_prefix) {
  std::string prefix(id_or_prefix);
  for (auto& c : prefix) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  if (prefix.size() < 4 || prefix.size() > 32 || !is_hex(prefix))
    return invalid_config("\"" + prefix.substr(0, 64) +
                          "\" is not the id of a dead letter: give its 32 hex digits, or at least the first 4");
  const auto behind = prefix + "g";  // sorts after every hex digit
  std::vector<StoredLetter> letters;
  SENTINEL_TRY(impl_->read([&](database::Connection& connection) -> Status {
    letters.clear();
    const auto sql =
        select_letters("letter_now", true) + " WHERE letter_id >= ? AND letter_id < ? ORDER BY letter_id LIMIT 6";
    SENTINEL_ASSIGN(auto rows, select(connection, sql, std::string_view(prefix), std::string_view(behind)));
    return read_letters(rows, true, letters);
  }));
  if (letters.empty()) return invalid_config("there is no dead letter \"" + prefix + "\"; see \"sentinel dlq list\"");
  if (letters.size() > 1) return several(prefix, letters);
  return std::move(letters.front());
}

Result<std::optional<std::string>> Store::state(std::string_view pipeline, std::string_view name) {
  std::optional<std::string> value;
  SENTINEL_TRY(impl_->read([&](database::Connection& connection) -> Status {
    value.reset();
    SENTINEL_ASSIGN(auto rows,
                    select(connection, "SELECT value FROM state WHERE pipeline = ? AND name = ?", pipeline, name));
    SENTINEL_ASSIGN(const bool found, rows.step());
    if (found) value = text_of(rows, 0);
    return {};
  }));
  return value;
}

Status Store::set_state(std::string_view pipeline, std::string_view name, std::string_view value) {
  return impl_->write([&](database::Connection& connection) {
    return execute(connection, "INSERT INTO state VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                   pipeline, name, Bytes{value});
  });
}

Status Store::record_run(const StoredRun& r) {
  const std::string_view run_id = r.run_id, pipeline = r.pipeline, source_id = r.source_id, command = r.command,
                         reason = r.reason, balance = r.balance;
  return impl_->write([&](database::Connection& connection) {
    return execute(
        connection,
        "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET ended_ms = excluded.ended_ms, "
        "exit_code = excluded.exit_code, reason = excluded.reason, balance = excluded.balance",
        run_id, pipeline, source_id, command, r.started_ms, r.ended_ms, std::int64_t{r.exit_code}, reason, balance);
  });
}

Result<std::vector<StoredRun>> Store::last_runs(std::string_view pipeline, int count) {
  std::vector<StoredRun> runs;
  SENTINEL_TRY(impl_->read([&](database::Connection& connection) -> Status {
    runs.clear();
    SENTINEL_ASSIGN(auto rows,
                    select(connection,
                           "SELECT run_id, pipeline, source_id, command, started_ms, ended_ms, exit_code, reason, "
                           "balance FROM run WHERE ? = '' OR pipeline = ? "
                           "ORDER BY started_ms DESC, run_id DESC LIMIT ?",
                           pipeline, pipeline, std::int64_t{std::max(count, 0)}));
    while (true) {
      SENTINEL_ASSIGN(const bool found, rows.step());
      if (!found) return {};
      runs.push_back({text_of(rows, 0), text_of(rows, 1), text_of(rows, 2), text_of(rows, 3), number_of(rows, 4),
                      number_of(rows, 5), static_cast<int>(number_of(rows, 6)), text_of(rows, 7), text_of(rows, 8)});
    }
  }));
  return runs;
}

}  // namespace sentinel::store
