// An SQLite connection in memory in which an expression can only evaluate: no file, no other database, no setting, no
// extension, no randomness, no clock, and at most kSteps steps.
#pragma once

#include <sentinel/host.hpp>
#include <sentinel/schema.hpp>

#include <cstdint>
#include <memory>
#include <set>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace sentinel::sql_transform {

struct CloseConnection {
  void operator()(sqlite3* connection) const;
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const;
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// What an expression uses.
struct Analysis {
  std::set<std::size_t> reads;       // fields
  std::size_t plain = Schema::npos;  // the field, if the expression is just a field
};

class Sandbox {
 public:
  // The steps of SQLite's virtual machine that one record may take.
  static constexpr std::int64_t kSteps = 1'000'000;

  // Borrows both; `in` is what expressions may name. Errors: kInvalidConfig for fields that SQL cannot distinguish.
  static Result<std::unique_ptr<Sandbox>> open(const Schema& in, const Host& host);

  // Errors: kInvalidConfig with SQLite's own words for what is no expression, unknown or not allowed.
  Result<Analysis> analyse(const std::string& expression);
  Result<Statement> prepare(const std::string& sql);
  // Before each record: resets the count of steps.
  void start_record() { ticks_ = 0; }
  // Why a step failed. Errors: kInvalidData if the record is at fault, kCancelled after a stop, kInternal.
  Status fault(int result) const;

 private:
  Sandbox(const Schema& in, const Host& host) : in_(in), host_(host) {}
  Status make_record_table();
  void lock();
  Status explain() const;
  static int authorize(void* self, int action, const char* first, const char* second, const char*, const char*);
  static int tick(void* self);

  const Schema& in_;
  const Host& host_;
  std::unique_ptr<sqlite3, CloseConnection> connection_;
  std::set<std::size_t> reads_;  // of the expression that is being prepared
  std::int64_t ticks_ = 0;
  bool is_stopped_ = false;
};

std::string quoted(std::string_view name);
// In parentheses that it cannot close.
std::string enclosed(std::string_view expression);

}  // namespace sentinel::sql_transform
