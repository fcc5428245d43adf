// Short forms for the store's own statements: bind what is given, run, step.
#pragma once

#include "database/statement.hpp"

#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace sentinel::store {

// A value for a BLOB column.
struct Bytes {
  std::string_view bytes;
};

inline void bind(database::Statement& statement, std::size_t i, std::int64_t value) { statement.bind_int64(i, value); }
inline void bind(database::Statement& statement, std::size_t i, Bytes value) { statement.bind_bytes(i, value.bytes); }
// A text with a zero byte goes as bytes: SQLite keeps and compares those whole. The same text always goes the same way.
inline void bind(database::Statement& statement, std::size_t i, std::string_view text) {
  if (text.find('\0') == std::string_view::npos) {
    statement.bind_text(i, text);
  } else {
    statement.bind_bytes(i, text);
  }
}

// Runs a prepared statement with these values. Answers the rows it hit.
template <class... Values>
Result<std::int64_t> run(database::Statement& statement, const Values&... values) {
  std::size_t i = 0;
  (bind(statement, i++, values), ...);
  return statement.execute();
}

template <class... Values>
Result<database::Statement> select(database::Connection& connection, std::string_view sql, const Values&... values) {
  SENTINEL_ASSIGN(auto statement, database::Statement::prepare(connection, sql));
  if (const auto hit = run(statement, values...); !hit) return hit.error();
  return statement;
}

template <class... Values>
Status execute(database::Connection& connection, std::string_view sql, const Values&... values) {
  SENTINEL_ASSIGN(auto statement, database::Statement::prepare(connection, sql));
  const auto hit = run(statement, values...);
  return hit ? Status() : hit.error();
}

// The cell of the current row; empty, or 0, for NULL.
inline std::string text_of(const database::Statement& statement, std::size_t i) {
  return std::string(statement.text(i).value_or(std::string_view()));
}
inline std::int64_t number_of(const database::Statement& statement, std::size_t i) {
  return std::strtoll(text_of(statement, i).c_str(), nullptr, 10);
}

}  // namespace sentinel::store
