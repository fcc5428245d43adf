// What every part that speaks SQL must know of a dialect. Each dialect answers in its own folder (mysql/, postgresql/,
// sqlite/); nothing outside of it asks which dialect it has.
#pragma once

#include "database/catalogue.hpp"
#include "database/connection.hpp"
#include "database/faults.hpp"

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace sentinel::database {

// Stateless, one object for each dialect, alive as long as the process: any thread.
class DialectRules {
 public:
  virtual ~DialectRules() = default;

  virtual std::string_view name() const = 0;     // "mysql": the scheme of URLs, the folder under sql/state
  virtual std::string_view product() const = 0;  // "MySQL or MariaDB", for messages
  // What its URLs may begin with, each with its ':'.
  virtual std::span<const std::string_view> schemes() const = 0;
  // True for a server, with host, accounts and TLS; false for a file.
  virtual bool is_server() const = 0;
  // True if a host that begins with '/' is the folder of a socket.
  virtual bool takes_socket_as_host() const = 0;

  virtual char identifier_quote() const = 0;
  // A parameter of a prepared Statement, counted from 1: "?" or "$1".
  virtual std::string placeholder(std::size_t number) const = 0;
  // An expression: the server's time now, in UTC, as its columns of time keep it.
  virtual std::string_view now() const = 0;
  // A SELECT that answers the server's time in UTC as one text, "2026-11-22 20:14:03.123456".
  virtual std::string_view clock_query() const = 0;
  // A SELECT that answers the names of all tables and views in the form that describe_table() takes.
  virtual std::string_view table_names_query() const = 0;

  // How the dialect's faults are classified, for the reference.
  virtual FaultGuide fault_guide() const = 0;

 private:
  friend class Connection;
  friend Result<std::optional<Table>> describe_table(Connection&, std::string_view);
  friend Result<WriteHooks> write_hooks(Connection&, std::string_view);
  friend Result<std::vector<Column>> describe_query(Connection&, const std::string&);

  // Behind the functions of the same names. `connection` is one of this dialect.
  virtual Result<std::unique_ptr<Connection::Impl>> open(const Url& url, const ConnectOptions& options) const = 0;
  virtual Result<std::optional<Table>> describe_table(Connection& connection, const TableName& name) const = 0;
  virtual Result<WriteHooks> write_hooks(Connection& connection, const TableName& name) const = 0;
  virtual Result<std::vector<Column>> describe_query(Connection& connection, const std::string& sql) const = 0;
};

const DialectRules& rules_of(Dialect dialect);
inline const DialectRules& rules_of(const Connection& connection) { return rules_of(connection.dialect()); }

inline constexpr std::array kDialects = {
#define SENTINEL_ENUMERATOR(enumerator, name) Dialect::enumerator,
    SENTINEL_DIALECTS(SENTINEL_ENUMERATOR)
#undef SENTINEL_ENUMERATOR
};

}  // namespace sentinel::database
