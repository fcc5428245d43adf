// SQLite: opens a file with foreign keys, a busy timeout and commits that survive a power loss.
#include "database/fault_text.hpp"
#include "database/soci_text.hpp"
#include "database/sqlite/faults.hpp"
#include "database/sqlite/file.hpp"
#include "database/sqlite/sqlite.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>

namespace sentinel::database {
namespace {

// SOCI's header declares SQLite's functions inside this namespace.
namespace api = sqlite_api;

constexpr int kSqliteOk = 0;
constexpr std::string_view kMemory = ":memory:";

class SqliteConnection final : public SociConnection {
 public:
  using SociConnection::SociConnection;

  Status open();
  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters) override;
  Result<std::unique_ptr<Statement::Impl>> prepare(std::string_view sql) override {
    return prepare_sqlite(*this, reinterpret_cast<sqlite3*>(handle_), sql);
  }
  // A deferred transaction that reads and then writes is refused as busy without waiting.
  Status send_begin() override { return send(options.read_only ? "BEGIN" : "BEGIN IMMEDIATE"); }
  Status send_commit() override { return send("COMMIT"); }
  // Some faults (disk full, interrupt) roll back by themselves.
  Status send_rollback() override { return api::sqlite3_get_autocommit(handle_) != 0 ? Status() : send("ROLLBACK"); }
  void drop_link() override {}
  void cancel() override { api::sqlite3_interrupt(handle_); }
  void* native() const override { return handle_; }

 protected:
  Status fault_of(const soci::soci_error& error, bool) const override {
    const auto* native = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
    const std::string text = error.get_error_message();
    if (native == nullptr) return internal_error(clean_text(text));
    return sqlite_fault(native->result(), text);
  }

  // SQLite compiles the first statement and is silent about the rest.
  Status check_prepared(soci::details::statement_backend& prepared, std::string_view sql) const override {
    auto* const statement = static_cast<soci::sqlite3_statement_backend&>(prepared).stmt_;
    const std::string_view compiled = statement == nullptr ? "" : api::sqlite3_sql(statement);
    const bool is_whole = sql.substr(compiled.size()).find_first_not_of(" \t\r\n;") == std::string_view::npos;
    if (statement != nullptr && is_whole) return {};
    return invalid_config("one statement at a time: SQLite would run the first one only");
  }

 private:
  Status send(const char* sql) {
    const int result = api::sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    return result == kSqliteOk ? Status() : sqlite_fault(result, api::sqlite3_errmsg(handle_));
  }
  Status connect(const std::string& path);
  Status set_up();
  Status set_pragma(const std::string& name, const std::string& value, std::string_view read_back);

  api::sqlite3* handle_ = nullptr;
};

Status SqliteConnection::connect(const std::string& path) {
  try {
    open_session(soci::sqlite3, "db=\"" + path + "\"" + (options.read_only ? " readonly=true" : ""));
  } catch (const soci::soci_error& error) {
    return fault_of(error, false);
  } catch (const std::exception& error) {
    return internal_error(clean_text(error.what()));
  }
  handle_ = static_cast<soci::sqlite3_session_backend&>(backend()).conn_;
  return {};
}

Status SqliteConnection::set_pragma(const std::string& name, const std::string& value, std::string_view read_back) {
  SENTINEL_TRY(send(("PRAGMA " + name + "=" + value).c_str()));
  SENTINEL_ASSIGN(const auto rows, query("PRAGMA " + name, {}));
  if (rows.size() == 1 && rows[0].size() == 1 && rows[0][0] == read_back) return {};
  return {Code::kStorage, "the file does not accept " + name + "=" + value + "; it must lie on a local file system"};
}

Status SqliteConnection::set_up() {
  api::sqlite3_extended_result_codes(handle_, 1);
  api::sqlite3_busy_timeout(handle_,
                            static_cast<int>(std::clamp<std::int64_t>(options.lock_timeout.count(), 0, 1 << 30)));
  // A misspelt column in double quotes is an error, not a text.
  api::sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  // Reads the file for the first time: one that is not a database fails here.
  SENTINEL_ASSIGN(const auto ignored, query("SELECT count(*) FROM sqlite_schema", {}));
  static_cast<void>(ignored);
  SENTINEL_TRY(set_pragma("foreign_keys", "ON", "1"));
  if (options.read_only || url.database == kMemory) return {};
  if (!options.durable_store) return set_pragma("synchronous", "EXTRA", "3");
  SENTINEL_TRY(set_pragma("journal_mode", "WAL", "wal"));
  SENTINEL_TRY(set_pragma("synchronous", "FULL", "2"));
  return set_pragma("secure_delete", "ON", "1");
}

Status SqliteConnection::open() {
  if (url.database.find('"') != std::string::npos) {
    return invalid_config(
        "the path of the SQLite file holds a double quote, which SOCI cannot pass on; rename the file");
  }
  std::string path = url.database;
  if (path != kMemory) {
    // A leading "./" keeps SQLite and SOCI from seeing an address or an option in the name.
    if (!path.starts_with('/')) path.insert(0, "./");
    SENTINEL_TRY(prepare_sqlite_file(path, options));
  }
  server_version = api::sqlite3_libversion();
  Status status = connect(path);
  if (status.ok()) status = set_up();
  return status.ok() ? Status() : std::move(status).prefixed("cannot open " + url.display() + ": ");
}

Result<std::int64_t> SqliteConnection::execute(std::string_view sql, std::span<const Value> parameters) {
  const int before = api::sqlite3_total_changes(handle_);
  SENTINEL_ASSIGN(const auto hit, SociConnection::execute(sql, parameters));
  // SQLite keeps the count of the last statement that changed rows, also behind one that could not.
  return api::sqlite3_total_changes(handle_) == before ? 0 : hit;
}

}  // namespace

Result<std::unique_ptr<Connection::Impl>> open_sqlite(const Url& url, const ConnectOptions& options) {
  auto connection = std::make_unique<SqliteConnection>(url, options);
  SENTINEL_TRY(connection->open());
  return std::unique_ptr<Connection::Impl>(std::move(connection));
}

}  // namespace sentinel::database
