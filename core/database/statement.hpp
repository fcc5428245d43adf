// Prepared statements below SOCI, for the bulk path: values travel beside the SQL, never in it, in both directions.
#pragma once

#include "database/connection.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace sentinel::database {

// A prepared statement of one connection; it must die before the connection does.
//
// Parameters are written as the dialect writes them: ? for MySQL and SQLite, $1 for PostgreSQL. Results come as the
// text that the database prints (MySQL and PostgreSQL dates as ISO 8601, decimals digit by digit, binary as raw bytes,
// booleans as 0/1 or t/f).
class Statement {
 public:
  // Errors: by fault table.
  static Result<Statement> prepare(Connection& connection, std::string_view sql);
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  std::size_t parameter_count() const;
  // 0-based. Texts are borrowed until execute() has returned.
  void bind_null(std::size_t i);
  void bind_int64(std::size_t i, std::int64_t value);
  void bind_text(std::size_t i, std::string_view text);
  void bind_bytes(std::size_t i, std::string_view bytes);  // binary columns

  // Runs it with what is bound. Answers the rows it hit; 0 for a SELECT. May be called again and again.
  Result<std::int64_t> execute();

  // Results of the last execute().
  std::size_t column_count() const;
  std::string_view column_name(std::size_t i) const;
  // Moves to the next (first) row; false behind the last one.
  Result<bool> step();
  // The cell of the current row, valid until the next step(); nothing for NULL.
  std::optional<std::string_view> text(std::size_t i) const;
  // SQLite's storage class of the cell, for sources that must distinguish 1 from '1' and refuse REAL money: i, r, t, b,
  // n; other dialects answer t or n.
  char storage_class(std::size_t i) const;

  struct Impl;

 private:
  explicit Statement(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sentinel::database
