// Statements in SOCI's portable form, with every cell as the text that the database printed.
//
// SOCI's own dynamic rows turn DECIMAL into double and SQLite's INTEGER into 32 bits, and to learn a type its SQLite
// backend may run a statement twice. So a thin layer stands before each of SOCI's backends, which calls every column a
// text.
#pragma once

#include "database/connection_impl.hpp"

#include <soci/soci.h>

#include <concepts>
#include <string>
#include <vector>

namespace sentinel::database {

// A dialect's part of the work: what an exception of its backend says.
class SociConnection : public Connection::Impl {
 public:
  using Connection::Impl::Impl;
  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters) override;
  Result<std::vector<Row>> query(std::string_view sql, std::span<const Value> parameters) override;

 protected:
  virtual Status fault_of(const soci::soci_error& error, bool has_values) const = 0;
  // What the dialect must check between preparing and running; `backend` is SOCI's own.
  virtual Status check_prepared(soci::details::statement_backend&, std::string_view) const { return {}; }

  // Opens the session. Throws what SOCI throws.
  void open_session(const soci::backend_factory& factory, const std::string& connect_string);
  // SOCI's own session backend, for its native handle.
  soci::details::session_backend& backend();

 private:
  template <std::invocable Work>
  Status guarded(std::span<const Value> parameters, Work work);
  Status prepare_portable(soci::statement& statement, std::string_view sql, std::size_t parameter_count);

  soci::session session_;
};

}  // namespace sentinel::database
