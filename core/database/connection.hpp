// One connection to one database, through SOCI: opened safely, used by portable statements, closed with the object.
//
// Not thread-safe: one thread at a time. After a fault of kUnavailable the connection is dead; open a new one.
#pragma once

#include "database/url.hpp"

#include <sentinel/status.hpp>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sentinel::database {

class Statement;

// A bound parameter. Decimals, dates and floats go as text, so that no amount ever becomes a double.
using Value = std::variant<std::monostate, std::int64_t, std::string>;

// A result small enough to hold: every cell as the text that the database printed, or nothing for NULL.
using Row = std::vector<std::optional<std::string>>;

struct ConnectOptions {
  std::string application = "sentinel";  // shown by the server's process list
  std::chrono::milliseconds connect_timeout{10000};
  std::chrono::milliseconds read_timeout{60000};  // a link that is silent for so long is dead; 0: never
  std::chrono::milliseconds lock_timeout{20000};  // wait for a row lock (MySQL, PostgreSQL) or the file's lock (SQLite)
  bool read_only = false;
  bool create_file = false;    // SQLite: make the file if it is missing
  bool durable_store = false;  // SQLite: WAL + synchronous=FULL, read back; file mode 0600
};

class Connection {
 public:
  // Opens and sets the session up: UTC, utf8mb4, strict sql_mode without NO_BACKSLASH_ESCAPES (read back), LOCAL INFILE
  // off, TLS verified where the URL needs it and the cipher read back; PostgreSQL standard_conforming_strings; SQLite
  // foreign keys on, busy timeout, extended result codes. Errors: kUnavailable (not reachable), kRefused (password,
  // unknown database, certificate), kInvalidConfig (a missing SQLite file), each naming url.display().
  static Result<std::unique_ptr<Connection>> open(const Url& url, const ConnectOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Dialect dialect() const;
  const Url& url() const;
  const std::string& server_version() const;
  std::int64_t connection_id() const;  // the server's number for this connection; SQLite: 0

  // Runs one statement with :1, :2, … for the parameters. Answers the rows it hit (MySQL: matched, not changed).
  // Errors by fault table, with domain and native code; the message never holds a bound value.
  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters = {});
  // Runs one SELECT and holds its whole result: for catalogues, ledgers, single rows.
  Result<std::vector<Row>> query(std::string_view sql, std::span<const Value> parameters = {});
  Result<std::int64_t> execute(std::string_view sql, std::initializer_list<Value> parameters);
  Result<std::vector<Row>> query(std::string_view sql, std::initializer_list<Value> parameters);

  // SQLite: BEGIN IMMEDIATE. MySQL and PostgreSQL: READ COMMITTED.
  Status begin();
  // Errors: kUnknownOutcome if the link died while COMMIT was under way; kTransient (deadlock, serialisation at commit:
  // rolled back); row faults of deferred constraints; kInternal if PostgreSQL answers ROLLBACK to COMMIT (an aborted
  // transaction).
  Status commit();
  Status rollback();  // a dead link counts as rolled back: ok
  bool in_transaction() const;

  // Ends what another thread waits for on this connection, as well as the dialect allows. Any thread.
  void cancel();

  struct Impl;

 private:
  friend class Statement;
  friend void* native_handle(Connection& connection);
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sentinel::database
