// Appends first, and lets SQLite, which sorts on disk, find the differences.
#include "engine/compare/source_keys.hpp"

#include "engine/compare/scratch_database.hpp"

namespace sentinel::engine {
namespace {

using database::Statement;

Status add(Statement& statement, std::string_view key) {
  statement.bind_bytes(0, key);
  const auto done = statement.execute();
  return done ? Status() : done.error();
}

Status each_row(database::Connection& connection, const char* sql,
                const std::function<Status(std::string_view)>& each) {
  SENTINEL_ASSIGN(auto rows, Statement::prepare(connection, sql));
  SENTINEL_ASSIGN([[maybe_unused]] const auto hit, rows.execute());
  while (true) {
    SENTINEL_ASSIGN(const bool has_row, rows.step());
    if (!has_row) return {};
    SENTINEL_TRY(each(rows.text(0).value_or("")));
  }
}

}  // namespace

Result<std::unique_ptr<SourceKeys>> SourceKeys::open(const std::filesystem::path& folder) {
  static constexpr const char* kTables[] = {"CREATE TABLE read (key BLOB NOT NULL)",
                                            "CREATE TABLE listed (key BLOB NOT NULL)",
                                            "CREATE TABLE owed (key BLOB NOT NULL, letter_id TEXT NOT NULL)"};
  std::unique_ptr<SourceKeys> keys(new SourceKeys);
  SENTINEL_ASSIGN(keys->connection_, open_scratch_database(folder, kTables));
  SENTINEL_ASSIGN(keys->add_read_, Statement::prepare(*keys->connection_, "INSERT INTO read VALUES (?)"));
  SENTINEL_ASSIGN(keys->add_listed_, Statement::prepare(*keys->connection_, "INSERT INTO listed VALUES (?)"));
  SENTINEL_ASSIGN(keys->add_owed_, Statement::prepare(*keys->connection_, "INSERT INTO owed VALUES (?, ?)"));
  return keys;
}

Status SourceKeys::add_read(std::string_view key) { return add(*add_read_, key); }
Status SourceKeys::add_listed(std::string_view key) { return add(*add_listed_, key); }
Status SourceKeys::add_owed(std::string_view key, std::string_view letter_id) {
  add_owed_->bind_text(1, letter_id);
  return add(*add_owed_, key);
}

Status SourceKeys::each_unread(const std::function<Status(std::string_view)>& each) {
  return each_row(*connection_, "SELECT key FROM listed EXCEPT SELECT key FROM read ORDER BY key", each);
}

Status SourceKeys::each_obsolete_letter(const std::function<Status(std::string_view)>& each) {
  return each_row(*connection_,
                  "SELECT letter_id FROM owed WHERE key IN (SELECT key FROM owed EXCEPT SELECT key FROM read EXCEPT "
                  "SELECT key FROM listed ORDER BY key)",
                  each);
}

}  // namespace sentinel::engine
