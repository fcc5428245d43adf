// What the dialects have in common behind Connection and Statement. Private to this library.
#pragma once

#include "database/statement.hpp"

#include <string>
#include <vector>

namespace sentinel::database {

struct Connection::Impl {
  Impl(Url url_in, ConnectOptions options_in) : url(std::move(url_in)), options(std::move(options_in)) {}
  virtual ~Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  virtual Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters) = 0;
  virtual Result<std::vector<Row>> query(std::string_view sql, std::span<const Value> parameters) = 0;
  virtual Result<std::unique_ptr<Statement::Impl>> prepare(std::string_view sql) = 0;
  // The bare commands; what they mean for the transaction's state is Connection's.
  virtual Status send_begin() = 0;
  virtual Status send_commit() = 0;
  virtual Status send_rollback() = 0;
  virtual void cancel() = 0;
  // Ends the link, so that the server rolls back what it still holds open for us.
  virtual void drop_link() = 0;
  // The client library's own handle, which only the dialect's files know how to use.
  virtual void* native() const = 0;

  // Remembers a statement's fault: after a transient one the database may have undone only that statement, so that a
  // commit would keep half a batch; after kUnavailable the link is gone. Returns the fault itself.
  Status note(Status fault);

  const Url url;
  const ConnectOptions options;
  std::string server_version;
  std::int64_t connection_id = 0;
  bool in_transaction = false;
  Status transaction_fault;  // what commit() answers until rollback()
  bool is_dead = false;
};

struct Parameter {
  enum class Kind { kNull, kInt64, kText, kBytes };
  Kind kind = Kind::kNull;
  std::int64_t number = 0;
  std::string_view text;
};

struct Statement::Impl {
  explicit Impl(Connection::Impl& connection_in) : connection(connection_in) {}
  virtual ~Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // Faults as the database gives them; Statement hides the bound values and notes them.
  virtual Result<std::int64_t> run() = 0;
  virtual Result<bool> step() = 0;
  virtual std::size_t column_count() const = 0;
  virtual std::string_view column_name(std::size_t i) const = 0;
  virtual std::optional<std::string_view> text(std::size_t i) const = 0;
  virtual char storage_class(std::size_t i) const { return text(i) ? 't' : 'n'; }

  void bind(std::size_t i, Parameter parameter);

  Connection::Impl& connection;
  std::vector<Parameter> parameters;
  std::optional<std::size_t> bound_beyond;  // an index that the statement does not have
};

// Connection's Impl::native().
void* native_handle(Connection& connection);

// What to check where nobody answers at the address; stands before the database's own message.
std::string_view cure_of_silence(const Url& url);

// A zero byte in text is refused before anything is sent: PostgreSQL would silently cut the text there, and
// SOCI's client-side quoting of MySQL would end the statement there.
Status refuse_zero_byte(std::string_view text, std::size_t position);

}  // namespace sentinel::database
